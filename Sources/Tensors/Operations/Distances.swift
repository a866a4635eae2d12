internal import CKernels

/// Distances of vectors.
package enum Distances {
    /// The sum of the squares of what two vectors of `count` numbers differ by.
    package static func squared(_ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ count: Int) -> Float {
        kernels.pointee.squared_distance(x, y, count)
    }
}
