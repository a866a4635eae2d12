/// How far variations of one prompt differ.
enum Diversity {
    static let measure = Measure(
        id: "diversity", title: "Diversity", group: .structure, unit: "1 − correlation",
        definition: """
            Mean over all pairs of variations of one prompt of 1 minus the correlation of their chromagrams, frames of \
            0.2 s by 12 pitch classes: 0 where the same notes come at the same times.
            """,
        source: "defined here", better: .natural)

    /// - Parameter chromagrams: `[frames × 12]` each; nil for fewer than two.
    static func of(_ chromagrams: [[Float]]) -> Double? {
        guard chromagrams.count > 1 else { return nil }
        var (sum, pairs) = (0.0, 0)
        for (i, a) in chromagrams.enumerated() {
            for b in chromagrams[(i + 1)...] {
                let length = min(a.count, b.count)
                sum += 1 - Similarity.correlation(Array(a[..<length]), Array(b[..<length]))
                pairs += 1
            }
        }
        return sum / Double(pairs)
    }
}
