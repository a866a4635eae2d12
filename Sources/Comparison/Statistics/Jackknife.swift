import Foundation

/// Delete-a-group jackknife (Tukey, 1958; Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 11),
/// for distances between sets.
///
/// A bootstrap draws some items twice, and two sets that hold equal items, or one set that does, look further apart or
/// more alike than they are. The jackknife only leaves items out.
enum Jackknife {
    /// More items are left out several at a time.
    private static let mostGroups = 20

    /// The 95 % interval of a statistic of `count` items, by Student's distribution; of no width where it has no value
    /// once a group is left out.
    /// - Parameter statistic: of the chosen items; nil where it is not defined. Defined for all of them.
    static func interval(count: Int, _ statistic: ([Int]) -> Double?) -> Interval {
        let value = statistic(Array(0..<count)) ?? .nan
        let groups = min(count, mostGroups)
        let partial = (0..<groups).compactMap { group in
            statistic((0..<count).filter { $0 % groups != group })
        }
        guard groups > 1, partial.count == groups else {
            return Interval(value: value, low: value, high: value, count: count)
        }
        let mean = partial.reduce(0, +) / Double(groups)
        let variance =
            partial.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } * Double(groups - 1) / Double(groups)
        let reach = studentQuantile(degrees: groups - 1) * variance.squareRoot()
        return Interval(value: value, low: value - reach, high: value + reach, count: count)
    }

    /// The 97.5 % quantile of Student's distribution, within 0.2 %.
    static func studentQuantile(degrees: Int) -> Double {
        let n = Double(degrees)
        if degrees == 1 { return tan(0.475 * .pi) }
        if degrees == 2 { return (2 / (0.05 * 1.95) - 2).squareRoot() }
        // Cornish and Fisher's expansion about the normal quantile (Abramowitz and Stegun, 26.7.5).
        let z = 1.959963984540054
        let (z3, z5, z7, z9) = (pow(z, 3), pow(z, 5), pow(z, 7), pow(z, 9))
        let terms = [
            z, (z3 + z) / 4, (5 * z5 + 16 * z3 + 3 * z) / 96, (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / 384,
            (79 * z9 + 776 * z7 + 1482 * z5 - 1920 * z3 - 945 * z) / 92160,
        ]
        return terms.reversed().reduce(0) { $0 / n + $1 }
    }
}
