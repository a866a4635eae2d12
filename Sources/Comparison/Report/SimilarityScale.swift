/// What two things that exist make of every consistency measure: the recording's own continuation and others'.
///
///     consistency = (mean s(prompt, continuation) − mean s(prompt, others))
///                 / (mean s(prompt, own) − mean s(prompt, others))
///
/// Means run over the prompts, before the ratio: a ratio for each prompt would explode wherever own and others are
/// alike. Above 1 is nearer to the prompt than music stays to itself, as a loop of the prompt is.
enum SimilarityScale {
    /// One prompt's similarities by one measure.
    struct Anchors: Sendable {
        /// To the recording's own continuation.
        let own: Double
        /// To each of some other recordings', at least one.
        let others: [Double]

        /// The mean over others.
        var other: Double { others.reduce(0, +) / Double(others.count) }
        /// How many others the own continuation is nearer than.
        var wins: Int { others.count { own > $0 } }
    }

    static func anchors(
        _ measure: ConsistencyMeasure, prompt: SoundFeatures, own: SoundFeatures, others: [SoundFeatures]
    ) -> Anchors {
        Anchors(own: measure.similarity(prompt, own), others: others.map { measure.similarity(prompt, $0) })
    }

    /// Own continuations must be nearer than others by more than this share of either's similarity.
    private static let least = 1e-3

    /// The ratio of means over the chosen prompts; nil where own continuations are no nearer than others, so that
    /// there is no scale.
    /// - Parameter own, other: means of the anchors by prompt.
    static func consistency(_ values: [Double], own: [Double], other: [Double], of chosen: [Int]) -> Double? {
        var (sum, ones, zeros) = (0.0, 0.0, 0.0)
        for i in chosen {
            sum += values[i]
            ones += own[i]
            zeros += other[i]
        }
        return ones - zeros > least * max(abs(ones), abs(zeros)) ? (sum - zeros) / (ones - zeros) : nil
    }

    static func quality(_ measure: String, _ anchors: [Anchors]) -> ScaleQuality {
        let count = Double(max(1, anchors.count))
        let comparisons = anchors.reduce(0) { $0 + $1.others.count }
        return ScaleQuality(
            measure: measure, own: anchors.reduce(0) { $0 + $1.own } / count,
            other: anchors.reduce(0) { $0 + $1.other } / count,
            ownNearer: Double(anchors.count { $0.own > $0.other }) / count,
            ownWins: Double(anchors.reduce(0) { $0 + $1.wins }) / Double(max(1, comparisons)))
    }
}
