import Foundation
import NeuralLayers
import Tensors

extension Codec {
    /// Loads a bundle's folder: `config.json` and `codec.safetensors`. Throws an error that says in one line what
    /// is missing, damaged or mismatched.
    package init(folder: String) throws {
        let path = folder + "/config.json"
        let configuration: CodecConfiguration
        do {
            let data = try Data(contentsOf: URL(fileURLWithPath: path))
            try JSONDecoder().decode(CodecConfiguration.Kind.self, from: data).validate()
            configuration = try JSONDecoder().decode(CodecConfiguration.self, from: data)
        } catch let error as CodecError {
            throw error
        } catch {
            throw CodecError.unreadableConfiguration(path: path, reason: Self.reason(error))
        }
        try configuration.validate()
        try self.init(
            configuration: configuration,
            weights: WeightScope(try SafetensorsFile(path: folder + "/codec.safetensors")))
    }

    /// A decoding error in a few words.
    private static func reason(_ error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, _): "\"\(key.stringValue)\" is missing"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            "\"\(context.codingPath.map(\.stringValue).joined(separator: "."))\" is not a whole number or text"
        case DecodingError.dataCorrupted: "it is not valid JSON, or a number is not a whole one"
        default: "the file cannot be opened"
        }
    }
}
