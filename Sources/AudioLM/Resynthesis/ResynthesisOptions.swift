/// How a snippet is made anew from its semantic tokens.
public struct ResynthesisOptions: Sendable, Equatable {
    /// Equal seeds and options give equal sound, on any number of threads.
    public var seed: UInt64
    /// How the coarse and the fine stage draw their tokens.
    public var sampling: [TokenStage: SamplingOptions]

    /// Stages draw as the bundle has it unless given.
    public init(seed: UInt64, sampling: [TokenStage: SamplingOptions] = [:]) {
        self.seed = seed
        self.sampling = sampling
    }
}
