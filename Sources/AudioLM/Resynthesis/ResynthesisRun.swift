import SoundStream
import Tensors
import TokenTransformers

/// The coarse and the fine stage on given semantic tokens, a few frames at a time.
struct ResynthesisRun {
    private let networks: Networks
    private let pool: WorkerPool
    private let sustained: SustainedDraws?
    private var coarse: CoarseStage.State
    private var coarseSamplers: [TokenSampler]
    private var fineSampler: TokenSampler
    private var fine: FineWindow

    init(_ bundle: AudioLMBundle, prompt: VoicePrompt, content: [Int], options: ResynthesisOptions) throws {
        func sampler(_ stage: TokenStage, stream: UInt64) throws -> TokenSampler {
            let sampling = bundle.sampling[stage].overridden(by: options.sampling[stage])
            if let fault = sampling.fault { throw ContinuationError("\(stage.rawValue) stage: \(fault)") }
            return TokenSampler(sampling, seed: options.seed, stream: stream)
        }
        (networks, pool) = (bundle.networks, bundle.pool)
        coarseSamplers = [try sampler(.coarse, stream: 2)]
        fineSampler = try sampler(.fine, stream: 3)
        sustained = networks.sustain?.draws(for: content)
        coarse = networks.coarseStage.makeState(
            prompt: prompt.acoustic, semantic: prompt.semantic + content, on: pool)
        fine = FineWindow(networks.fineStage, after: prompt.acoustic)
    }

    /// The first `count` frames after the prompt, all levels; those beyond the content's tokens are made freely.
    mutating func frames(_ count: Int) throws -> [[Int]] {
        var frames: [[Int]] = []
        while frames.count < count {
            let most = networks.fineStage.configuration.framesPerChunk
            let chunk = try makeCoarse(min(most, count - frames.count))
            frames += try fine.complete(chunk, &fineSampler, on: pool) { try Task.checkCancellation() }
        }
        return frames
    }

    private mutating func makeCoarse(_ count: Int) throws -> [[Int]] {
        while coarse.completeFrames < count {
            try Task.checkCancellation()
            networks.coarseStage.next(&coarse, &coarseSamplers, sustained: sustained, on: pool)
        }
        return coarse.takeFrames(count)[0]
    }
}
