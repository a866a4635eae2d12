import AudioFiles
import Comparison
import Foundation

/// manifest.json in a folder of continuations: how each was made, so that it can be made again and work that was cut
/// off goes on.
struct ContinuationManifest: Codable, Equatable {
    static let name = "manifest.json"

    struct Settings: Codable, Equatable {
        /// As it was named.
        let bundle: String
        /// What it computed with.
        let weights: String?
        let seconds: Double
        let promptSeconds: Double?
        let onlyContinuation: Bool
        /// By stage and option, as "coarse temperature"; what is not there is the bundle's own.
        let sampling: [String: Double]
        let seed: UInt64
        /// Whether the files' names have a variation's number.
        let isNumbered: Bool
    }

    struct Continuation: Codable, Equatable {
        let prompt: String
        let file: String
        let variation: Int
        let seed: UInt64
        let wallSeconds: Double
    }

    var format = 2
    let settings: Settings
    /// Names of the files that the folder is to hold; what is there under one of them is of a run that was cut off.
    var planned: [String] = []
    var continuations: [Continuation] = []

    init(_ settings: Settings) {
        self.settings = settings
    }

    /// The folder's manifest; nil where there is none.
    static func read(in folder: URL) throws -> ContinuationManifest? {
        let file = folder.appending(path: name)
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        guard let data = try? Data(contentsOf: file), let found = try? decoder.decode(Self.self, from: data),
            found.format == 2
        else {
            throw ComparisonError(
                "\(file.relativePath) is no manifest of this version; choose another folder with -o, or begin anew with --force"
            )
        }
        return found
    }

    func write(in folder: URL) throws {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        try writeWhole(encoder.encode(self), to: folder.appending(path: Self.name))
    }

    /// Notes a continuation in place of an earlier one of the same prompt and number.
    mutating func add(_ made: Continuation) {
        continuations.removeAll { $0.prompt == made.prompt && $0.variation == made.variation }
        continuations.append(made)
    }

    /// Whether the folder holds a variation of a prompt already.
    func holds(_ prompt: Prompt, variation: Int, in folder: URL) -> Bool {
        continuations.contains {
            $0.prompt == prompt.name && $0.variation == variation
                && FileManager.default.fileExists(atPath: folder.appending(path: $0.file).path)
        }
    }
}
