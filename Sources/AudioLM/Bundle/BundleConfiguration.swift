import SemanticTokenizer
import TokenTransformers

/// A bundle's config.json.
struct BundleConfiguration: Decodable {
    static let currentFormat = 1
    static let modelType = "audiolm"

    let name: String
    /// Folder of the codec, relative to the bundle's.
    let codec: String
    let semanticTokenizer: TokenizerConfiguration
    let semanticStage: SemanticStageConfiguration
    let coarseStage: CoarseStageConfiguration
    let fineStage: FineStageConfiguration
    /// Nil in a bundle without a detector.
    let detector: DetectorConfiguration?
    let sampling: StageSampling
    /// Nil in a bundle that draws its semantic tokens once.
    let reranking: RerankingConfiguration?
    /// Nil in a bundle that draws alike whether notes are struck or not.
    let sustain: SustainConfiguration?
    /// Whether the noise in a prompt's pauses goes on behind its continuation; not where nil.
    let roomTone: Bool?

    /// How each stage draws its tokens where a request does not say.
    struct StageSampling: Decodable {
        let semantic: Sampling
        let coarse: Sampling
        let fine: Sampling

        subscript(stage: TokenStage) -> Sampling {
            switch stage {
            case .semantic: semantic
            case .coarse: coarse
            case .fine: fine
            }
        }
    }

    private enum CodingKeys: String, CodingKey {
        case name, codec, sampling, detector, reranking, sustain
        case roomTone = "room_tone"
        case semanticTokenizer = "semantic_tokenizer"
        case semanticStage = "semantic_stage"
        case coarseStage = "coarse_stage"
        case fineStage = "fine_stage"
    }
}
