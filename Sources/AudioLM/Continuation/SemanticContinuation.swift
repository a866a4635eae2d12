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
    private var groups: [Group]
    /// Of each variation the kept tokens that nobody has taken, the next one last.
    private var untaken: [[Int]]

    /// Variations that go on in step.
    fileprivate struct Group {
        /// Of each variation's candidates, side by side.
        var state: SemanticStage.State
        var samplers: [TokenSampler]
        /// Of each variation the last tokens that were kept, as many as the prompt has.
        var kept: [[Int]]
    }

    /// Sequences that keep a thread busy with what it reads of the weights.
    private static let sequencesPerThread = 8

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
        let streams = (0..<self.candidates).map {
            $0 == 0 ? Self.firstStream : Self.laterStreams + UInt64($0)
        }
        let count = Self.groupSize(seeds.count, candidates: self.candidates, threads: pool.threadCount)
        state = state.repeated(count)
        if let reranking = choice?.reranking {
            state = state.branched(self.candidates, length: reranking.configuration.tokens)
        }
        groups = stride(from: 0, to: seeds.count, by: count).map { first in
            let samplers = seeds[first..<first + count].flatMap { seed in
                streams.map { TokenSampler(sampling, seed: seed, stream: $0) }
            }
            return Group(state: state, samplers: samplers, kept: [[Int]](repeating: [], count: count))
        }
        untaken = seeds.map { _ in [] }
    }

    /// How many variations go on in step: all of them, on all threads; or a part on each thread, where that is enough to do
    /// for what the thread reads, and nobody waits.
    private static func groupSize(_ variations: Int, candidates: Int, threads: Int) -> Int {
        guard variations.isMultiple(of: threads) else { return variations }
        let share = variations / threads
        return share * candidates >= sequencesPerThread ? share : variations
    }

    /// The next token of each variation; `step` is called before each draw.
    mutating func next(on pool: WorkerPool, step: () throws -> Void) throws -> [Int] {
        if untaken[0].isEmpty {
            let (stage, choice, candidates, promptTokens) = (stage, choice, candidates, promptTokens)
            untaken = try groups.mapInPlace(on: pool) { group, _ in
                let drawn = try group.draw(
                    choice?.reranking.configuration.tokens ?? Self.tokensAhead, stage, on: pool, step: step)
                guard let choice else { return drawn }
                return group.keep(
                    of: drawn, candidates, horizon: promptTokens, choice.reranking, choice.prompt)
            }.flatMap { tokens in tokens.map { $0.reversed() } }
        }
        return untaken.indices.map { untaken[$0].removeLast() }
    }
}

extension SemanticContinuation.Group {
    /// The next `count` tokens of each sequence.
    fileprivate mutating func draw(
        _ count: Int, _ stage: SemanticStage, on pool: WorkerPool, step: () throws -> Void
    ) throws -> [[Int]] {
        var drawn = [[Int]](repeating: [], count: samplers.count)
        for _ in 0..<count {
            try step()
            stage.next(&state, &samplers, on: pool)
            for index in drawn.indices { drawn[index].append(state.drawn[index]) }
        }
        return drawn
    }

    /// The tokens of one candidate for each variation, which all of its candidates go on from.
    fileprivate mutating func keep(
        of drawn: [[Int]], _ candidates: Int, horizon: Int, _ reranking: Reranking, _ prompt: PromptStyle
    ) -> [[Int]] {
        var tokens: [[Int]] = []
        let chosen = kept.indices.map { variation in
            let own = Array(drawn[variation * candidates..<(variation + 1) * candidates])
            let best = reranking.best(of: own, after: kept[variation], horizon: horizon, prompt: prompt)
            kept[variation] = (kept[variation] + own[best]).suffix(horizon)
            tokens.append(own[best])
            return best
        }
        state.keep(chosen)
        return tokens
    }
}
