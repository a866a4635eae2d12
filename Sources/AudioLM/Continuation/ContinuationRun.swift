import Foundation
import SemanticTokenizer
import SoundStream
import Tensors
import TokenTransformers

/// Continuations of one prompt from its tokens to their last samples: the stages in turn, about a second of sound at a time,
/// the first two for all continuations at once.
struct ContinuationRun {
    private let networks: Networks
    private let pool: WorkerPool
    private let plan: ContinuationPlan
    private let isCancelled: () -> Bool
    private let journal: ContinuationJournal

    private var coarseSamplers: [TokenSampler]
    private var semantic: SemanticContinuation
    private let sustained: SustainedDraws?
    private var coarseState: CoarseStage.State
    private var variations: [Variation]

    /// Tokenizes the prompt and fills all states with it.
    init(
        _ bundle: AudioLMBundle, prompt: [Float], options: ContinuationOptions, variations count: Int,
        isCancelled: @escaping () -> Bool, report: @escaping (VariationsEvent) -> Void
    ) throws {
        guard count > 0 else { throw ContinuationError("\(count) variations, expected at least 1") }
        try bundle.requireFinite(prompt)
        let (networks, pool) = (bundle.networks, bundle.pool)
        let plan = try ContinuationPlan(options, promptSamples: prompt.count, networks: networks)
        let seeds = (0..<count).map { options.seed &+ UInt64($0) }
        func sampling(_ stage: TokenStage) throws -> Sampling {
            let sampling = bundle.sampling[stage].overridden(by: options.sampling[stage])
            if let fault = sampling.fault { throw ContinuationError("\(stage.rawValue) stage: \(fault)") }
            return sampling
        }
        func samplers(_ stage: TokenStage, stream: UInt64) throws -> [TokenSampler] {
            let sampling = try sampling(stage)
            return seeds.map { TokenSampler(sampling, seed: $0, stream: stream) }
        }
        let semanticSampling = try sampling(.semantic)
        try Self.check(options.candidates, bundle)
        coarseSamplers = try samplers(.coarse, stream: 2)
        let fineSamplers = try samplers(.fine, stream: 3)
        journal = ContinuationJournal(plan: plan, report: report)
        (self.networks, self.pool, self.plan, self.isCancelled) = (networks, pool, plan, isCancelled)

        let encoded = try PromptTokens(
            prompt, plan: plan, networks: networks, pool: pool, isCancelled: isCancelled)
        semantic = SemanticContinuation(
            encoded.semantic, stage: networks.semanticStage, sampling: semanticSampling,
            reranking: networks.reranking, candidates: options.candidates, seeds: seeds, on: pool)
        if isCancelled() { throw CancellationError() }
        sustained = networks.sustain?.draws(for: encoded.semantic)
        let ratio = networks.coarseStage.configuration.framesPerSemanticToken
        coarseState = networks.coarseStage.makeState(
            prompt: encoded.acoustic, semantic: encoded.semantic.suffix(plan.promptFrames / ratio), on: pool
        ).repeated(count)
        if isCancelled() { throw CancellationError() }
        let codec = networks.codec.configuration
        let decoderState = try networks.codec.makeDecoderState(
            after: Array(prompt.suffix(codec.window)),
            expecting: extrapolated(prompt.suffix(codec.sampleRate / 10), by: codec.window / 2, order: 256),
            codes: CodeFrames(levels: codec.levels, codes: encoded.acoustic.flatMap { $0 }), on: pool)
        let heard = Array(
            prompt.suffix(plan.promptTokens * networks.semanticTokenizer.configuration.frameSamples))
        let levelKeeper = LevelKeeper(prompt: heard, sampleRate: codec.sampleRate)
        let roomTone = bundle.addsRoomTone ? RoomTone(of: heard, sampleRate: codec.sampleRate) : nil
        variations = zip(seeds, fineSamplers).map {
            Variation(
                seed: $0, networks: networks, sampler: $1, decoderState: decoderState,
                levelKeeper: levelKeeper,
                roomTone: roomTone?.started(seed: $0),
                prompt: encoded.acoustic)
        }
        journal.finishPrompt()
    }

    /// Throws `ContinuationError` where a bundle cannot choose among so many candidates.
    private static func check(_ candidates: Int?, _ bundle: AudioLMBundle) throws {
        guard let candidates else { return }
        guard ContinuationOptions.candidateCounts.contains(candidates) else {
            throw ContinuationError(
                "\(candidates) candidates, expected 1 to \(ContinuationOptions.candidateCounts.upperBound)")
        }
        guard candidates == 1 || bundle.networks.reranking != nil else {
            throw ContinuationError(
                "the bundle “\(bundle.name)” has nothing to choose among \(candidates) candidates by; ask for 1"
            )
        }
    }

    /// Runs to the end and reports the summaries; throws `CancellationError` when cancelled.
    mutating func finish() throws {
        let chunk = networks.fineStage.configuration.framesPerChunk
        for first in stride(from: 0, to: plan.frames, by: chunk) {
            let count = min(chunk, plan.frames - first)
            try makeCoarseFrames(count)
            try complete(coarseState.takeFrames(count))
            journal.add(count, to: .fine)
            journal.add(count, to: .decoding)
        }
        let levels = networks.fineStage.configuration
        journal.finish(
            seeds: variations.map(\.seed), levels: (levels.coarseLevels, levels.fineLevels.count),
            sampleRate: networks.codec.configuration.sampleRate)
    }

    /// The next `count` frames of coarse codes, and the semantic tokens that they need.
    private mutating func makeCoarseFrames(_ count: Int) throws {
        while coarseState.completeFrames < count {
            while plan.semanticTokens > 0, networks.coarseStage.semanticTokensNeeded(coarseState) > 0 {
                let (pool, isCancelled) = (pool, isCancelled)
                let tokens = try journal.time(.semantic) {
                    try semantic.next(on: pool) { if isCancelled() { throw CancellationError() } }
                }
                coarseState.append(semantic: tokens)
                journal.add(1, to: .semantic)
            }
            try step()
            let before = coarseState.completeFrames
            journal.time(.coarse) {
                networks.coarseStage.next(
                    &coarseState, &coarseSamplers, sustained: sustained, on: pool)
            }
            journal.add(coarseState.completeFrames - before, to: .coarse)
        }
    }

    /// Fine codes and sound of the next frames of each variation.
    private mutating func complete(_ coarse: [[[Int]]]) throws {
        let (pool, limit, isCancelled) = (pool, plan.samples, isCancelled)
        let frames = try journal.time(.fine) {
            try variations.mapInPlace(on: pool) {
                try $0.complete(coarse[$1], on: pool) { if isCancelled() { throw CancellationError() } }
            }
        }
        let sounds = try journal.time(.decoding) {
            try variations.mapInPlace(on: pool) { try $0.sound(frames[$1], limit: limit, on: pool) }
        }
        for (index, samples) in sounds.enumerated() where !samples.isEmpty {
            journal.report(.audio(variation: index, samples))
        }
    }

    private func step() throws {
        if isCancelled() { throw CancellationError() }
    }
}
