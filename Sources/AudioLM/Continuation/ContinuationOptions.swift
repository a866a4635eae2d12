/// The three token models of a bundle, in the order in which they run (AudioLM, section III-C).
public enum TokenStage: String, Sendable, Codable, CaseIterable, CodingKeyRepresentable {
    /// What is played or said; how it sounds; its detail.
    case semantic, coarse, fine
}

/// How one stage draws its tokens. What is nil is left to the bundle, whose defaults were chosen by ear.
public struct SamplingOptions: Sendable, Equatable {
    /// 0 takes the likeliest token each time; 1 draws from the distribution as learned; more is wilder.
    public var temperature: Float?
    /// Draw among this many likeliest tokens; 0 means all.
    public var topK: Int?
    /// Draw among the likeliest tokens that together hold this probability, in (0, 1].
    public var topP: Float?
    /// Draw among the tokens that are at least so many times as likely as the likeliest, in [0, 1]; 0 means all.
    public var minP: Float?

    /// Leaves to the bundle what is not given.
    public init(temperature: Float? = nil, topK: Int? = nil, topP: Float? = nil, minP: Float? = nil) {
        self.temperature = temperature
        self.topK = topK
        self.topP = topP
        self.minP = minP
    }
}

/// What a continuation should be like.
public struct ContinuationOptions: Sendable, Equatable {
    /// Length of the new sound in seconds; `round(seconds × sample rate)` samples come out.
    public var seconds: Double
    /// Equal seeds and options give equal sound, on any number of threads.
    public var seed: UInt64
    /// How much of the prompt's end the models hear, in seconds; nil means as much as their windows hold.
    public var promptSeconds: Double?
    /// How stages draw their tokens, where that is not left to the bundle.
    public var sampling: [TokenStage: SamplingOptions]
    /// Among how many ways to go on the semantic stage chooses, again and again, the one that plays most like the
    /// prompt; 1 takes the first, nil is the bundle's own number.
    public var candidates: Int?

    /// Numbers of candidates that can be asked for.
    public static let candidateCounts = 1...64

    /// Whether the coarse stage follows semantic tokens. Without them it goes on from the prompt's acoustic tokens
    /// alone: AudioLM's ablation, which keeps the sound and loses the thread of the music.
    public var usesSemanticTokens: Bool

    /// 20 s, and all else as the bundle has it, unless given.
    public init(
        seconds: Double = 20, seed: UInt64, promptSeconds: Double? = nil,
        sampling: [TokenStage: SamplingOptions] = [:], candidates: Int? = nil,
        usesSemanticTokens: Bool = true
    ) {
        self.seconds = seconds
        self.seed = seed
        self.promptSeconds = promptSeconds
        self.sampling = sampling
        self.candidates = candidates
        self.usesSemanticTokens = usesSemanticTokens
    }
}
