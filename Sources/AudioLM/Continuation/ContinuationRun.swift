import Foundation
import SemanticTokenizer
import SoundStream
import Tensors
import TokenTransformers

/// One continuation from prompt to last sample: the stages in turn, a second of sound at a time.
struct ContinuationRun {
    /// Codec frames that are made at a time.
    static let framesPerChunk = 50

    private let networks: Networks
    private let pool: WorkerPool
    private let plan: ContinuationPlan
    private let seed: UInt64
    private let isCancelled: () -> Bool
    private let journal: ContinuationJournal

    private var semanticSampler: TokenSampler
    private var coarseSampler: TokenSampler
    private var fineSampler: TokenSampler
    private var semanticState: SemanticStage.State
    private var coarseState: CoarseStage.State
    private var decoderState: Codec.DecoderState
    private var levelKeeper: LevelKeeper
    /// The last complete frames, all levels, as many as the fine stage looks back.
    private var recentFrames: [[Int]]
    private var doneFrames = 0
    private var doneSamples = 0

    /// Tokenizes the prompt and fills all states with it.
    init(
        _ bundle: AudioLMBundle, prompt: [Float], options: ContinuationOptions,
        isCancelled: @escaping () -> Bool, report: @escaping (ContinuationEvent) -> Void
    ) throws {
        try bundle.requireFinite(prompt)
        let (networks, pool) = (bundle.networks, bundle.pool)
        plan = try ContinuationPlan(options, promptSamples: prompt.count, networks: networks)
        func sampler(_ stage: TokenStage, stream: UInt64) throws -> TokenSampler {
            let sampling = bundle.sampling[stage].overridden(by: options.sampling[stage])
            if let fault = sampling.fault { throw ContinuationError("\(stage.rawValue) stage: \(fault)") }
            return TokenSampler(sampling, seed: options.seed, stream: stream)
        }
        semanticSampler = try sampler(.semantic, stream: 1)
        coarseSampler = try sampler(.coarse, stream: 2)
        fineSampler = try sampler(.fine, stream: 3)
        self.networks = networks
        self.pool = pool
        self.isCancelled = isCancelled
        seed = options.seed
        journal = ContinuationJournal(plan: plan, report: report)

        let encoded = try PromptTokens(
            prompt, plan: plan, networks: networks, pool: pool, isCancelled: isCancelled)
        semanticState = networks.semanticStage.makeState(on: pool)
        if !encoded.semantic.isEmpty {
            networks.semanticStage.read(encoded.semantic, state: &semanticState, on: pool)
        }
        if isCancelled() { throw CancellationError() }
        let ratio = networks.coarseStage.configuration.framesPerSemanticToken
        coarseState = networks.coarseStage.makeState(
            prompt: encoded.acoustic, semantic: encoded.semantic.suffix(plan.promptFrames / ratio), on: pool)
        if isCancelled() { throw CancellationError() }
        decoderState = try networks.codec.makeDecoderState(
            after: Array(prompt.suffix(networks.codec.configuration.window)),
            expecting: extrapolated(
                prompt.suffix(networks.codec.configuration.sampleRate / 10),
                by: networks.codec.configuration.window / 2, order: 256),
            codes: CodeFrames(
                levels: networks.codec.configuration.levels, codes: encoded.acoustic.flatMap { $0 }),
            on: pool)
        levelKeeper = LevelKeeper(
            prompt: prompt.suffix(plan.promptTokens * networks.semanticTokenizer.configuration.frameSamples),
            sampleRate: networks.codec.configuration.sampleRate)
        recentFrames = encoded.acoustic
        journal.finishPrompt()
    }

    /// Runs to the end and reports the summary; throws `CancellationError` when cancelled.
    mutating func finish() throws {
        while doneFrames < plan.frames {
            let count = min(Self.framesPerChunk, plan.frames - doneFrames)
            let coarse = try makeCoarseFrames(count)
            let frames = try makeFineFrames(coarse)
            try decode(frames)
            doneFrames += count
        }
        let levels = networks.fineStage.configuration
        journal.finish(
            seed: seed, levels: (levels.coarseLevels, levels.fineLevels.count),
            sampleRate: networks.codec.configuration.sampleRate)
    }

    /// The next `count` frames of coarse codes, and the semantic tokens that they need.
    private mutating func makeCoarseFrames(_ count: Int) throws -> ArraySlice<[Int]> {
        let first = plan.promptFrames + doneFrames
        while coarseState.completeFrames.count < first + count {
            while plan.semanticTokens > 0,
                coarseState.semantic.count < networks.coarseStage.semanticTokensNeeded(coarseState)
            {
                try step()
                let token = journal.time(.semantic) {
                    networks.semanticStage.next(&semanticState, &semanticSampler, on: pool)
                }
                coarseState.semantic.append(token)
                journal.add(1, to: .semantic)
            }
            try step()
            let before = coarseState.completeFrames.count
            journal.time(.coarse) { networks.coarseStage.next(&coarseState, &coarseSampler, on: pool) }
            journal.add(coarseState.completeFrames.count - before, to: .coarse)
        }
        return coarseState.completeFrames[first..<(first + count)]
    }

    /// Completes frames of coarse codes by their fine codes.
    private mutating func makeFineFrames(_ coarse: ArraySlice<[Int]>) throws -> [[Int]] {
        let configuration = networks.fineStage.configuration
        let unknown = [Int](repeating: 0, count: configuration.fineLevels.count)
        let prompt = Array(recentFrames.suffix(max(configuration.windowFrames - coarse.count, 0)))
        var window = prompt + coarse.map { $0 + unknown }
        for level in configuration.fineLevels {
            try step()
            journal.time(.fine) {
                networks.fineStage.predict(
                    level, of: &window, promptFrames: prompt.count, &fineSampler, on: pool)
            }
        }
        journal.add(coarse.count, to: .fine)
        recentFrames = window
        return Array(window.suffix(coarse.count))
    }

    /// Sounds complete frames and reports their samples.
    private mutating func decode(_ frames: [[Int]]) throws {
        let codes = CodeFrames(levels: networks.codec.configuration.levels, codes: frames.flatMap { $0 })
        var samples = try journal.time(.decoding) {
            try networks.codec.decode(codes: codes, &decoderState, on: pool)
        }
        samples = levelKeeper(Array(samples.prefix(plan.samples - doneSamples)))
        doneSamples += samples.count
        journal.add(frames.count, to: .decoding)
        if !samples.isEmpty { journal.report(.audio(samples)) }
    }

    private func step() throws {
        if isCancelled() { throw CancellationError() }
    }
}
