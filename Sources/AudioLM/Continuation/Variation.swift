import SoundStream
import Tensors
import TokenTransformers

/// What one continuation among several needs for itself after the coarse stage: fine codes, sound and level.
struct Variation {
    let seed: UInt64
    private let networks: Networks
    private var sampler: TokenSampler
    private var decoderState: Codec.DecoderState
    private var levelKeeper: LevelKeeper
    private var roomTone: RoomTone?
    /// The last complete frames, all levels, as many as the fine stage looks back.
    private var recentFrames: [[Int]]
    private var doneSamples = 0

    /// - Parameters:
    ///   - seed: of all stages.
    ///   - sampler: the fine stage's.
    ///   - recentFrames: the prompt's, all levels.
    init(
        seed: UInt64, networks: Networks, sampler: TokenSampler, decoderState: Codec.DecoderState,
        levelKeeper: LevelKeeper, roomTone: RoomTone?, recentFrames: [[Int]]
    ) {
        self.seed = seed
        self.networks = networks
        self.sampler = sampler
        self.decoderState = decoderState
        self.levelKeeper = levelKeeper
        self.roomTone = roomTone
        self.recentFrames = recentFrames
    }

    /// Completes frames of coarse codes by their fine codes; `step` is called before each level.
    mutating func complete(
        _ coarse: [[Int]], on pool: WorkerPool, step: () throws -> Void
    ) rethrows -> [[Int]] {
        let configuration = networks.fineStage.configuration
        let unknown = [Int](repeating: 0, count: configuration.fineLevels.count)
        let prompt = Array(recentFrames.suffix(max(configuration.windowFrames - coarse.count, 0)))
        var window = prompt + coarse.map { $0 + unknown }
        for level in configuration.fineLevels {
            try step()
            networks.fineStage.predict(level, of: &window, promptFrames: prompt.count, &sampler, on: pool)
        }
        recentFrames = window
        return Array(window.suffix(coarse.count))
    }

    /// The sound of complete frames, of `limit` samples in all at most.
    mutating func sound(_ frames: [[Int]], limit: Int, on pool: WorkerPool) throws -> [Float] {
        let codes = CodeFrames(levels: networks.codec.configuration.levels, codes: frames.flatMap { $0 })
        let decoded = try networks.codec.decode(codes: codes, &decoderState, on: pool)
        var samples = levelKeeper(Array(decoded.prefix(limit - doneSamples)))
        roomTone?.add(to: &samples)
        doneSamples += samples.count
        return samples
    }
}
