import Foundation
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

/// Reading of config.json files, whose kind and version are checked before anything else.
enum ConfigurationFile {
    /// More than any configuration needs.
    private static let largestFile = 1 << 20

    private struct Header: Decodable {
        let format: Int
        let modelType: String

        private enum CodingKeys: String, CodingKey {
            case format
            case modelType = "model_type"
        }
    }

    /// Decodes the config.json in `folder`; throws `BundleError`.
    static func read<Value: Decodable>(
        _ type: Value.Type, in folder: URL, format: Int, modelType: String
    ) throws -> Value {
        let file = folder.appending(path: "config.json")
        guard let data = try? Data(contentsOf: file, options: .mappedIfSafe) else {
            throw BundleError.missing(path: file.relativePath)
        }
        func refusal(_ reason: String) -> BundleError {
            .configuration(path: file.relativePath, reason: reason)
        }
        guard data.count <= largestFile else { throw refusal("\(data.count) bytes are no configuration") }
        let decoder = JSONDecoder()
        do {
            let header = try decoder.decode(Header.self, from: data)
            guard header.modelType == modelType else {
                throw refusal("model_type “\(header.modelType)”, expected “\(modelType)”")
            }
            guard header.format == format else {
                throw refusal("format \(header.format), expected \(format)")
            }
            return try decoder.decode(type, from: data)
        } catch let error as DecodingError {
            throw refusal(reason(error))
        }
    }

    /// What a decoding error means, in a few words.
    private static func reason(_ error: DecodingError) -> String {
        func path(_ context: DecodingError.Context, _ last: (any CodingKey)? = nil) -> String {
            (context.codingPath + (last.map { [$0] } ?? [])).map(\.stringValue).joined(separator: ".")
        }
        return switch error {
        case .keyNotFound(let key, let context): "“\(path(context, key))” is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "“\(path(context))” is not of the expected kind"
        default: "not the JSON that was expected"
        }
    }
}
