/// The section `reranking` of a bundle's config.json, for bundles whose semantic tokens are chosen among candidates.
struct RerankingConfiguration: Decodable, Sendable, Equatable {
    /// Ways to go on that are drawn each time, of which one is kept.
    let candidates: Int
    /// Semantic tokens that are drawn each time.
    let tokens: Int

    /// What makes no sense, in words; nil if nothing.
    var fault: String? {
        guard ContinuationOptions.candidateCounts.contains(candidates) else {
            return
                "reranking.candidates is \(candidates), expected 1 to \(ContinuationOptions.candidateCounts.upperBound)"
        }
        guard (1...256).contains(tokens) else {
            return "reranking.tokens is \(tokens), expected 1 to 256"
        }
        return nil
    }
}
