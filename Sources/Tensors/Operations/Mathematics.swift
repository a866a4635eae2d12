internal import Glibc

/// The few functions of the C library that the numerics need in double precision.
package func cosine(_ x: Double) -> Double { Glibc.cos(x) }
package func sine(_ x: Double) -> Double { Glibc.sin(x) }
package func logarithm(_ x: Double) -> Double { Glibc.log(x) }
package func exponential(_ x: Double) -> Double { Glibc.exp(x) }
package func arctangent(_ y: Double, _ x: Double) -> Double { Glibc.atan2(y, x) }
package func power(_ x: Double, _ y: Double) -> Double { Glibc.pow(x, y) }
