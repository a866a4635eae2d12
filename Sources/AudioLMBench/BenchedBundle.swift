import AudioLM
import Foundation
import NeuralLayers
import SemanticTokenizer
import Tensors
import TokenTransformers

/// A bundle's folder, its networks to be loaded one by one.
struct BenchedBundle {
    let folder: String
    let configuration: Configuration

    /// Throws `BundleError` where there is no bundle.
    init(folder: String) throws {
        self.folder = folder
        let path = folder + "/config.json"
        guard let json = try? Data(contentsOf: URL(fileURLWithPath: path)) else {
            throw BundleError.missing(path: path)
        }
        do {
            configuration = try JSONDecoder().decode(Configuration.self, from: json)
        } catch {
            throw BundleError.configuration(path: path, reason: "\(error)")
        }
    }

    var codecFolder: String { folder + "/" + configuration.codec }

    /// A network of the folder, and the size of the weights that each of a stage's steps uses.
    func part<Part>(
        _ name: String, rounding: InputRounding, _ make: (WeightScope) throws -> Part
    ) throws -> (Part, StageSize) {
        let file = try SafetensorsFile(path: folder + "/\(name).safetensors")
        let used = file.entries.filter { $0.value.shape.count == 2 && !$0.key.contains("embedding") }.values
        let size = StageSize(
            weights: Double(used.reduce(0) { $0 + $1.shape.reduce(1, *) }),
            bytes: Double(used.reduce(0) { $0 + $1.bytes.count }))
        return (try make(WeightScope(file, rounding: rounding)), size)
    }

    /// What the benchmarks read of a bundle's `config.json`.
    struct Configuration: Decodable {
        let codec: String
        let tokenizer: TokenizerConfiguration
        let semanticStage: SemanticStageConfiguration
        let coarseStage: CoarseStageConfiguration
        let fineStage: FineStageConfiguration

        private enum CodingKeys: String, CodingKey {
            case codec
            case tokenizer = "semantic_tokenizer"
            case semanticStage = "semantic_stage"
            case coarseStage = "coarse_stage"
            case fineStage = "fine_stage"
        }
    }
}
