/// Choice of what to keep among several ways to go on: the one that plays most like the prompt.
struct Reranking: Sendable {
    let notes: TokenNotes
    let configuration: RerankingConfiguration

    /// The index of the candidate that plays most like `prompt`, the first of equals.
    /// - Parameters:
    ///   - kept: the tokens before the candidates.
    ///   - horizon: how many of a candidate's and the kept tokens, the last ones, are compared.
    func best(of candidates: [[Int]], after kept: [Int], horizon: Int, prompt: PromptStyle) -> Int {
        let likeness = candidates.map { prompt.likeness(of: (kept + $0).suffix(horizon)) }
        return likeness.indices.reduce(0) { likeness[$1] > likeness[$0] ? $1 : $0 }
    }
}
