import SemanticTokenizer
import SoundStream
import Tensors
import TokenTransformers

/// The end of a recording as the tokens that another is to be like.
struct VoicePrompt {
    let semantic: [Int]
    /// `[frames][levels]`, a whole number of semantic tokens.
    let acoustic: [[Int]]

    /// Nobody's voice.
    init() {
        semantic = []
        acoustic = []
    }

    /// As much of `voice` as half of the coarse stage's window holds: the other half is for what it says.
    init(_ voice: [Float], networks: Networks, pool: WorkerPool) throws {
        guard voice.count >= networks.codec.configuration.sampleRate else {
            throw ContinuationError(
                "the voice has \(voice.count) samples, expected at least a second of sound")
        }
        let ratio = networks.coarseStage.configuration.framesPerSemanticToken
        let hop = networks.codec.configuration.hop
        let tokens = min(
            voice.count / (hop * ratio), networks.coarseStage.configuration.attentionWindow / (2 * ratio))
        let heard = Array(voice.suffix(tokens * ratio * hop))
        semantic = networks.semanticTokenizer.tokenize(heard, on: pool)
        acoustic = Array(networks.codec.encode(samples: heard, on: pool).rows.prefix(tokens * ratio))
    }
}
