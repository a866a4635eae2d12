/// Everything that the report needs of one prompt, once its sounds are measured.
struct PromptResult: Sendable {
    let anchors: PromptAnchors
    /// By consistency measure; empty without real continuations.
    let scale: [String: SimilarityScale.Anchors]
    /// The same for each window of the drift.
    let windowScale: [[String: SimilarityScale.Anchors]]
    let rows: [ContinuationRow]
    /// By system: the mean over variations of each measure.
    let means: [String: [String: Double]]
    /// By system and window: the mean over variations of each consistency measure.
    let windowMeans: [String: [[String: Double]]]
}

/// A dictionary's mean over several, key by key, of those that have the key.
func meanOfEach(_ values: [[String: Double]]) -> [String: Double] {
    var sums: [String: (sum: Double, count: Int)] = [:]
    for (key, value) in values.joined() {
        let old = sums[key] ?? (0, 0)
        sums[key] = (old.sum + value, old.count + 1)
    }
    return sums.mapValues { $0.sum / Double($0.count) }
}
