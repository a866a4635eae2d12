/// The steps of a continuation whose progress and time are told.
public enum ContinuationStage: String, Sendable, Codable, CaseIterable, CodingKeyRepresentable {
    /// Tokenizing the prompt.
    case prompt
    /// Drawing the tokens of one of the three stages.
    case semantic, coarse, fine
    /// Turning acoustic tokens into sound.
    case decoding
}

/// How far one stage has come. Exact counts over the whole request, never estimates.
public struct ContinuationProgress: Sendable, Equatable {
    /// What is counted.
    public let stage: ContinuationStage
    /// Of `total`, as many are made: semantic tokens, or codec frames of the other stages.
    public let done: Int
    /// As many as the request needs.
    public let total: Int

    package init(stage: ContinuationStage, done: Int, total: Int) {
        self.stage = stage
        self.done = done
        self.total = total
    }
}

/// What a finished continuation took.
public struct ContinuationSummary: Sendable, Equatable, Codable {
    /// What it was drawn with; the same seed, prompt, options and weights give it again.
    public let seed: UInt64
    /// Length of the new sound.
    public let seconds: Double
    /// Tokens drawn by each stage.
    public let tokens: [TokenStage: Int]
    /// Wall time of each stage in seconds, of all variations that were made at once together.
    public let stageSeconds: [ContinuationStage: Double]
    /// Wall time of the whole in seconds, of all variations together.
    public let wallSeconds: Double
    /// Seconds of new sound per second of wall time.
    public var realTimeFactor: Double { wallSeconds > 0 ? seconds / wallSeconds : 0 }

    package init(
        seed: UInt64, seconds: Double, tokens: [TokenStage: Int],
        stageSeconds: [ContinuationStage: Double], wallSeconds: Double
    ) {
        self.seed = seed
        self.seconds = seconds
        self.tokens = tokens
        self.stageSeconds = stageSeconds
        self.wallSeconds = wallSeconds
    }
}

/// What a running continuation reports.
public enum ContinuationEvent: Sendable {
    /// A stage has come further.
    case progress(ContinuationProgress)
    /// The next samples, mono at the bundle's rate; all chunks in order are the continuation, which begins
    /// where the prompt ends.
    case audio([Float])
    /// The last event, on success only.
    case finished(ContinuationSummary)
}

/// What a run that makes several continuations of one prompt at once reports.
public enum VariationsEvent: Sendable {
    /// Counts of each variation; all go on in step.
    case progress(ContinuationProgress)
    /// The next samples of one variation, counted from 0.
    case audio(variation: Int, [Float])
    /// The last event, on success only: the summaries of all variations.
    case finished([ContinuationSummary])
}
