import Tensors
import TokenTransformers

/// The semantic tokens that carry a prompt on, of all variations in step.
///
/// Where the bundle says so, each variation draws several candidates of the next tokens and keeps one of them: a small
/// model, left alone, wanders off and does not come back.
struct SemanticContinuation {
    /// The random numbers of a variation's first candidate, and what is added to a later one's index for its own.
    private static let (firstStream, laterStreams): (UInt64, UInt64) = (1, 16)

    /// Tokens that are drawn at a time where there is one candidate: in turn with the coarse stage's steps, token by token,
    /// both stages would push each other's weights out of the caches.
    private static let tokensAhead = 25

    private let stage: SemanticStage
    /// What is chosen by; nil where there is one candidate.
    private let choice: (reranking: Reranking, prompt: PromptStyle)?
    private let candidates: Int
    private let promptTokens: Int
    /// Of each variation's candidates, side by side.
    private var state: SemanticStage.State
    private var samplers: [TokenSampler]
    /// Of each variation the last tokens that were kept, as many as the prompt has.
    private var kept: [[Int]]
    /// Of each variation the kept tokens that nobody has taken, the next one last.
    private var untaken: [[Int]]

    /// - Parameters:
    ///   - prompt: the tokens to carry on; where there are none, nothing is chosen by them.
    ///   - candidates: how many are drawn, if not as many as the bundle says.
    ///   - seeds: one for each variation.
    init(
        _ prompt: [Int], stage: SemanticStage, sampling: Sampling, reranking: Reranking?, candidates: Int?,
        seeds: [UInt64], on pool: WorkerPool
    ) {
        self.stage = stage
        let wanted = candidates ?? reranking?.configuration.candidates ?? 1
        if let reranking, wanted > 1, !prompt.isEmpty {
            choice = (reranking, PromptStyle(of: prompt, notes: reranking.notes))
            self.candidates = wanted
        } else {
            choice = nil
            self.candidates = 1
        }
        promptTokens = prompt.count
        var state = stage.makeState(on: pool)
        stage.read(prompt, state: &state, on: pool)
        state = state.repeated(seeds.count)
        if let reranking = choice?.reranking {
            state = state.branched(self.candidates, length: reranking.configuration.tokens)
        }
        self.state = state
        let streams = (0..<self.candidates).map {
            $0 == 0 ? Self.firstStream : Self.laterStreams + UInt64($0)
        }
        samplers = seeds.flatMap { seed in
            streams.map { TokenSampler(sampling, seed: seed, stream: $0) }
        }
        kept = seeds.map { _ in [] }
        untaken = kept
    }

    /// The next token of each variation; `step` is called before each draw.
    mutating func next(on pool: WorkerPool, step: () throws -> Void) rethrows -> [Int] {
        if untaken[0].isEmpty { try drawAhead(on: pool, step: step) }
        return untaken.indices.map { untaken[$0].removeLast() }
    }

    /// Draws the next tokens of all candidates and keeps those of one for each variation.
    private mutating func drawAhead(on pool: WorkerPool, step: () throws -> Void) rethrows {
        var drawn = [[Int]](repeating: [], count: samplers.count)
        for _ in 0..<(choice?.reranking.configuration.tokens ?? Self.tokensAhead) {
            try step()
            stage.next(&state, &samplers, on: pool)
            for index in drawn.indices { drawn[index].append(state.drawn[index]) }
        }
        guard let (reranking, prompt) = choice else {
            untaken = drawn.map { $0.reversed() }
            return
        }
        let chosen = kept.indices.map { variation in
            let own = Array(drawn[variation * candidates..<(variation + 1) * candidates])
            let best = reranking.best(
                of: own, after: kept[variation], horizon: promptTokens, prompt: prompt)
            kept[variation] = (kept[variation] + own[best]).suffix(promptTokens)
            untaken[variation] = own[best].reversed()
            return best
        }
        state.keep(chosen)
    }
}
