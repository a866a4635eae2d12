import SemanticTokenizer
import SoundStream
import Tensors

/// The end of a prompt as tokens. Its start is cut so that the frames end with its last sample.
struct PromptTokens {
    /// As many as the semantic stage hears; none where the plan has no semantic tokens.
    let semantic: [Int]
    /// `[frames][levels]`, as many as the coarse stage hears.
    let acoustic: [[Int]]

    /// Frames before the first that is needed, for the codec's encoder to see what came before.
    private static let warmUpFrames = 50

    init(
        _ prompt: [Float], plan: ContinuationPlan, networks: Networks, pool: WorkerPool,
        isCancelled: () -> Bool
    ) throws {
        let tokenizer = networks.semanticTokenizer
        let heard = prompt.suffix(plan.promptTokens * tokenizer.configuration.frameSamples)
        semantic = plan.semanticTokens > 0 ? tokenizer.tokenize(Array(heard), on: pool) : []
        if isCancelled() { throw CancellationError() }
        let hop = networks.codec.configuration.hop
        let frames = min(plan.promptFrames + Self.warmUpFrames, prompt.count / hop)
        var state = networks.codec.makeEncoderState()
        let codes = networks.codec.encode(samples: Array(prompt.suffix(frames * hop)), &state, on: pool)
        acoustic = codes.rows.suffix(plan.promptFrames)
    }
}
