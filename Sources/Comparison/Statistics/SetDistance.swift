import Foundation

/// Distances between two sets of feature vectors, `[items][width]`; at least two items each.
enum SetDistance {
    /// More items of a set are thinned out to about as many, at even steps.
    private static let mostItems = 1500

    /// Squared Fréchet distance of the two sets' normal distributions.
    static func frechet(_ a: [[Double]], _ b: [[Double]]) -> Double {
        let (meanA, meanB) = (mean(a), mean(b))
        let covarianceA = SymmetricMatrix(covarianceOf: a, mean: meanA)
        let covarianceB = SymmetricMatrix(covarianceOf: b, mean: meanB)
        let shared = covarianceA.squareRoot().around(covarianceB).eigen().values
            .reduce(0) { $0 + max(0, $1).squareRoot() }
        let apart = zip(meanA, meanB).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        return apart + covarianceA.trace + covarianceB.trace - 2 * shared
    }

    /// Unbiased squared maximum mean discrepancy by a Gaussian kernel whose width is the median distance within
    /// `real` (Gretton et al., 2012, lemma 6). May be a little below 0 where there is no difference.
    static func kernel(_ a: [[Double]], real: [[Double]]) -> Double {
        let (a, b) = (thinned(a), thinned(real))
        var distances: [Double] = []
        for i in b.indices { for j in 0..<i { distances.append(squared(b[i], b[j])) } }
        distances.sort()
        // The median of the distances squared is the square of their median.
        let width = median(distances)
        func similarity(_ x: [Double], _ y: [Double]) -> Double { exp(-squared(x, y) / (2 * width)) }
        func within(_ set: [[Double]]) -> Double {
            var sum = 0.0
            for i in set.indices { for j in 0..<i { sum += similarity(set[i], set[j]) } }
            return 2 * sum / Double(set.count * (set.count - 1))
        }
        let between = a.reduce(0) { sum, x in sum + b.reduce(0) { $0 + similarity(x, $1) } }
        return within(a) + within(b) - 2 * between / Double(a.count * b.count)
    }

    private static func median(_ ascending: [Double]) -> Double {
        let roots = (
            ascending[(ascending.count - 1) / 2].squareRoot(), ascending[ascending.count / 2].squareRoot()
        )
        let middle = (roots.0 + roots.1) / 2
        return max(middle * middle, 1e-12)
    }

    private static func thinned(_ set: [[Double]]) -> [[Double]] {
        guard set.count > mostItems else { return set }
        return (0..<mostItems).map { set[$0 * set.count / mostItems] }
    }

    private static func squared(_ x: [Double], _ y: [Double]) -> Double {
        var sum = 0.0
        for i in x.indices { sum += (x[i] - y[i]) * (x[i] - y[i]) }
        return sum
    }

    private static func mean(_ set: [[Double]]) -> [Double] {
        set[0].indices.map { column in set.reduce(0) { $0 + $1[column] } / Double(set.count) }
    }
}
