import Foundation

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
        let file = file(in: folder)
        let header = try decode(Header.self, file)
        guard header.modelType == modelType else {
            throw BundleError.otherKind(path: file.relativePath, found: header.modelType, expected: modelType)
        }
        guard header.format == format else {
            throw BundleError.configuration(
                path: file.relativePath, reason: "format \(header.format), expected \(format)")
        }
        return try decode(type, file)
    }

    /// What the config.json in `folder` says it is of; throws `BundleError`.
    static func modelType(in folder: URL) throws -> String {
        try decode(Header.self, file(in: folder)).modelType
    }

    private static func file(in folder: URL) -> URL { folder.appending(path: "config.json") }

    private static func decode<Value: Decodable>(_ type: Value.Type, _ file: URL) throws -> Value {
        func refusal(_ reason: String) -> BundleError {
            .configuration(path: file.relativePath, reason: reason)
        }
        guard let data = try? Data(contentsOf: file, options: .mappedIfSafe) else {
            throw BundleError.missing(path: file.relativePath)
        }
        guard data.count <= largestFile else { throw refusal("\(data.count) bytes are no configuration") }
        do {
            return try JSONDecoder().decode(type, from: data)
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
