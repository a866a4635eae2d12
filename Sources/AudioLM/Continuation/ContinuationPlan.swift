import SoundStream
import TokenTransformers

/// Lengths of a request in the units of each stage.
struct ContinuationPlan: Equatable {
    /// New samples that come out.
    let samples: Int
    /// New codec frames: those of the samples, and those that must follow the last sample to decode it.
    let frames: Int
    /// Semantic tokens that all steps of the coarse stage together see beyond the prompt's; 0 where it shall see none.
    let semanticTokens: Int
    /// Semantic tokens of the prompt's end that the semantic stage hears.
    let promptTokens: Int
    /// Codec frames of the prompt's end that the coarse stage hears, a whole number of semantic tokens.
    let promptFrames: Int

    /// Longest continuation, in seconds.
    static let longest = 24.0 * 3600
    /// Shortest prompt, in seconds.
    static let shortestPrompt = 1.0

    /// Throws `ContinuationError` for lengths that make no sense.
    init(_ options: ContinuationOptions, promptSamples: Int, networks: Networks) throws {
        let codec = networks.codec.configuration
        let coarse = networks.coarseStage.configuration
        let rate = Double(codec.sampleRate)
        guard options.seconds > 0, options.seconds <= Self.longest else {
            throw ContinuationError(
                "\(options.seconds) s of continuation, expected above 0 and at most \(Int(Self.longest))")
        }
        if let seconds = options.promptSeconds, !(seconds >= Self.shortestPrompt) {
            throw ContinuationError("prompt of \(seconds) s, expected at least \(Self.shortestPrompt)")
        }
        guard Double(promptSamples) >= Self.shortestPrompt * rate else {
            throw ContinuationError(
                "the prompt has \(promptSamples) samples, expected at least \(Self.shortestPrompt) s of sound"
            )
        }
        samples = Int((options.seconds * rate).rounded())
        frames = (samples + codec.hop - 1) / codec.hop + codec.delay
        let ratio = coarse.framesPerSemanticToken
        let heard = options.promptSeconds.map { Int(min($0 * rate, Double(promptSamples))) } ?? promptSamples
        let tokens = heard / (codec.hop * ratio)
        promptTokens = min(tokens, networks.semanticStage.configuration.attentionWindow)
        promptFrames = min(promptTokens, coarse.attentionWindow / ratio) * ratio
        let lastStep = promptFrames + frames + coarse.levels - 2
        semanticTokens =
            options.usesSemanticTokens
            ? lastStep / ratio + coarse.lookAhead + 1 - promptFrames / ratio : 0
    }
}
