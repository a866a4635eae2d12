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
    private var fine: FineWindow
    private var doneSamples = 0

    /// - Parameters:
    ///   - seed: of all stages.
    ///   - sampler: the fine stage's.
    ///   - prompt: its last frames, all levels.
    init(
        seed: UInt64, networks: Networks, sampler: TokenSampler, decoderState: Codec.DecoderState,
        levelKeeper: LevelKeeper, roomTone: RoomTone?, prompt: [[Int]]
    ) {
        self.seed = seed
        self.networks = networks
        self.sampler = sampler
        self.decoderState = decoderState
        self.levelKeeper = levelKeeper
        self.roomTone = roomTone
        fine = FineWindow(networks.fineStage, after: prompt)
    }

    /// Completes frames of coarse codes by their fine codes; `step` is called before each level.
    mutating func complete(
        _ coarse: [[Int]], on pool: WorkerPool, step: () throws -> Void
    ) rethrows -> [[Int]] {
        try fine.complete(coarse, &sampler, on: pool, step: step)
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
