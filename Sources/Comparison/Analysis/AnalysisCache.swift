import AudioFiles
package import Foundation

/// What was measured of each file, in a folder of JSON files named by the content that it was measured of: a run that
/// was cut off goes on, and the shards of one run meet.
package struct AnalysisCache: Sendable {
    /// Changes whenever a measure does.
    private static let version = 3
    private let folder: URL

    /// Makes the folder where it is missing.
    package init(_ folder: URL) throws {
        self.folder = folder
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw ComparisonError(
                "cannot make the folder \(folder.relativePath); choose another place with -o")
        }
    }

    /// The key of what is measured of a prompt.
    func key(prompt: URL) throws -> String {
        var hash = ContentHash()
        hash.update("prompt \(Self.version)\n".utf8)
        try hash.update(contentsOf: prompt)
        return hash.hexadecimal()
    }

    /// The key of what is measured of a continuation of a prompt.
    /// - Parameter prompt: the prompt's key.
    func key(
        prompt: String, source: ContinuationSource, seconds: Double, model: (any ComparisonModel)?
    ) throws -> String {
        var hash = ContentHash()
        hash.update("continuation \(seconds) \(prompt)\n".utf8)
        switch source {
        case .promptLooped: break
        case .file(let url): try hash.update(contentsOf: url)
        case .ofAnother(let url, let own):
            hash.update("of another\n".utf8)
            try hash.update(contentsOf: own)
            try hash.update(contentsOf: url)
        case .coded(let url):
            hash.update("coded \(model?.identity ?? "")\n".utf8)
            try hash.update(contentsOf: url)
        case .acoustic: hash.update("acoustic \(model?.identity ?? "")\n".utf8)
        }
        return hash.hexadecimal()
    }

    /// The key of what a model hears in a continuation.
    func key(continuation: String, heardBy model: any ComparisonModel) -> String {
        var hash = ContentHash()
        hash.update("impression \(model.identity) \(continuation)\n".utf8)
        return hash.hexadecimal()
    }

    /// What the cache holds under a key; nil where that is nothing readable.
    func value<Value: Decodable>(_ type: Value.Type, _ key: String) -> Value? {
        guard let data = try? Data(contentsOf: file(key)) else { return nil }
        return try? JSONDecoder().decode(type, from: data)
    }

    /// Keeps a value; the file appears whole or not at all.
    func keep(_ value: some Encodable, _ key: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        try writeWhole(encoder.encode(value), to: file(key))
    }

    private func file(_ key: String) -> URL { folder.appending(path: key + ".json") }
}
