import Foundation

/// How near two sounds are by one feature; the higher, the nearer, and a copy the highest.
enum Similarity {
    /// Correlation of two profiles, −1 to 1.
    static func correlation(_ a: [Float], _ b: [Float]) -> Double {
        let (meanA, meanB) = (mean(a), mean(b))
        var (product, powerA, powerB) = (0.0, 0.0, 0.0)
        for (x, y) in zip(a, b) {
            let (u, v) = (Double(x) - meanA, Double(y) - meanB)
            product += u * v
            powerA += u * u
            powerB += v * v
        }
        return product / ((powerA * powerB).squareRoot() + 1e-9)
    }

    /// Minus the absolute logarithm of the ratio of two densities, each raised by 0.2 so that a pause is no infinity.
    static func ratio(_ a: Double, _ b: Double) -> Double { -abs(log((a + 0.2) / (b + 0.2))) }

    /// Minus the octaves between two tempi, where double and half count as the same: 0 to −0.5.
    static func tempo(_ a: Double?, _ b: Double?) -> Double {
        guard let a, let b else { return a == nil && b == nil ? 0 : -0.5 }
        let octaves = log2(a / b)
        return -abs(octaves - octaves.rounded())
    }

    /// Minus the root mean square difference.
    static func closeness(_ a: [Float], _ b: [Float]) -> Double {
        let sum = zip(a, b).reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
        return -(sum / Double(max(1, a.count))).squareRoot()
    }

    /// Minus the Wasserstein distance of two samples, the area between their cumulative distributions.
    ///
    /// A sample without values is `largest` away from every other.
    /// - Parameter a, b: ascending.
    static func distribution(_ a: [Double], _ b: [Double], largest: Double) -> Double {
        guard !a.isEmpty, !b.isEmpty else { return a.isEmpty && b.isEmpty ? 0 : -largest }
        var (i, j) = (0, 0)
        var area = 0.0
        var place = min(a[0], b[0])
        while i < a.count || j < b.count {
            let next = min(i < a.count ? a[i] : .infinity, j < b.count ? b[j] : .infinity)
            let apart = abs(Double(i) / Double(a.count) - Double(j) / Double(b.count))
            area += apart * (next - place)
            place = next
            while i < a.count, a[i] == next { i += 1 }
            while j < b.count, b[j] == next { j += 1 }
        }
        return -min(area, largest)
    }

    private static func mean(_ values: [Float]) -> Double {
        values.reduce(0.0) { $0 + Double($1) } / Double(max(1, values.count))
    }
}
