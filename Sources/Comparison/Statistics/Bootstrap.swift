import Tensors

/// Percentile bootstrap over prompts (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13).
struct Bootstrap: Sendable {
    private static let resamples = 2000
    let seed: UInt64

    /// The 95 % interval of a statistic of `count` items; nil where it has no value.
    ///
    /// The same seed and count draw the same items, so that systems are compared on equal draws.
    /// - Parameter statistic: of the chosen items; nil where it is not defined.
    func interval(count: Int, _ statistic: ([Int]) -> Double?) -> Interval? {
        guard count > 0, let value = statistic(Array(0..<count)) else { return nil }
        var generator = SeededGenerator(seed: seed, stream: UInt64(count))
        var drawn: [Double] = []
        var chosen = [Int](repeating: 0, count: count)
        for _ in 0..<Self.resamples {
            for i in chosen.indices { chosen[i] = Int(generator.next(upperBound: UInt64(count))) }
            if let value = statistic(chosen) { drawn.append(value) }
        }
        guard !drawn.isEmpty else { return nil }
        drawn.sort()
        return Interval(
            value: value, low: Percentile.of(drawn, 2.5), high: Percentile.of(drawn, 97.5), count: count)
    }

    /// Of the mean.
    func mean(_ values: [Double]) -> Interval? {
        interval(count: values.count) { chosen in
            chosen.reduce(0) { $0 + values[$1] } / Double(chosen.count)
        }
    }
}
