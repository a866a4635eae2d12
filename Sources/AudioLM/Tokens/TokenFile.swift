import AudioFiles
public import Foundation

/// Why a token file cannot be used.
public struct TokenFileError: Error, Equatable, CustomStringConvertible {
    public let description: String

    init(_ url: URL, _ reason: String) {
        description =
            "\(url.relativePath) is no usable token file: \(reason); make it with `audiolm tokenize`"
    }
}

/// Tokens on disk, as JSON:
/// ```json
/// {"format": 1, "type": "audiolm-tokens", "bundle": "piano",
///  "semantic": {"rate": 25, "vocabulary": 1024, "tokens": [17, 940]},
///  "acoustic": {"rate": 50, "codebook": 1024, "levels": 12, "frames": [[5, 1, 7], [8, 2, 9]]}}
/// ```
/// `vocabulary` is that of the bundle's semantic tokens. Each row of `frames` holds `levels` tokens, coarsest first; the
/// last three rows are those of the silence after the sound, which decoding all of it takes. `acoustic` is left out where
/// only semantic tokens were wanted. Readers refuse other formats and types and any token outside its vocabulary.
public struct TokenFile: Sendable, Equatable, Codable {
    static let currentFormat = 1
    static let expectedType = "audiolm-tokens"
    /// Hours of tokens stay below this many bytes.
    static let largestFile = 64 << 20

    struct Semantic: Sendable, Equatable, Codable {
        var rate = 25
        var vocabulary: Int
        var tokens: [Int]
    }

    struct Acoustic: Sendable, Equatable, Codable {
        var rate = 50
        var codebook = 1024
        var levels: Int
        var frames: [[Int]]
    }

    var format = Self.currentFormat
    var type = Self.expectedType
    /// Name of the bundle that made the tokens.
    public let bundle: String
    var semantic: Semantic
    var acoustic: Acoustic?

    /// What the file holds.
    public var tokens: AudioTokens {
        AudioTokens(semantic: semantic.tokens, acoustic: acoustic?.frames ?? [])
    }

    /// A file of tokens that the bundle of that name made.
    /// - Parameter vocabulary: the number of different semantic tokens that it has.
    public init(_ tokens: AudioTokens, bundle: String, vocabulary: Int) {
        self.bundle = bundle
        semantic = Semantic(vocabulary: vocabulary, tokens: tokens.semantic)
        acoustic = tokens.acoustic.first.map { Acoustic(levels: $0.count, frames: tokens.acoustic) }
    }

    /// Reads and checks a file from anywhere; throws `TokenFileError`.
    /// - Parameter needsAcoustic: whether semantic tokens alone will not do.
    public init(contentsOf url: URL, needsAcoustic: Bool = false) throws {
        guard let size = try? url.resourceValues(forKeys: [.fileSizeKey]).fileSize else {
            throw TokenFileError(url, "it does not exist or cannot be read")
        }
        guard size <= Self.largestFile else {
            throw TokenFileError(url, "\(size) bytes, more than \(Self.largestFile)")
        }
        do {
            self = try JSONDecoder().decode(TokenFile.self, from: Data(contentsOf: url))
        } catch {
            throw TokenFileError(url, "not the JSON that was expected")
        }
        if let fault { throw TokenFileError(url, fault) }
        if needsAcoustic && acoustic == nil {
            throw TokenFileError(url, "it holds semantic tokens alone (--only-semantic)")
        }
    }

    /// Writes the file whole or not at all; throws `AudioFileError`.
    public func write(to url: URL) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        try writeWhole(encoder.encode(self), to: url)
    }

    /// What is wrong with the contents, nil if nothing is.
    private var fault: String? {
        if type != Self.expectedType { return "type “\(type)”, expected “\(Self.expectedType)”" }
        if format != Self.currentFormat { return "format \(format), expected \(Self.currentFormat)" }
        if semantic.rate != 25 || !(1...65_536).contains(semantic.vocabulary) {
            return "semantic tokens must be 25 per second of a vocabulary of 1 to 65536"
        }
        if !semantic.tokens.allSatisfy((0..<semantic.vocabulary).contains) {
            return "a semantic token outside 0 to \(semantic.vocabulary - 1)"
        }
        guard let acoustic else { return nil }
        if acoustic.rate != 50 || acoustic.codebook != 1024 || !(1...12).contains(acoustic.levels) {
            return "acoustic tokens must be 50 frames per second of 1 to 12 levels of 1024"
        }
        if acoustic.frames.isEmpty { return "no acoustic frames" }
        if acoustic.frames.contains(where: { $0.count != acoustic.levels }) {
            return "a frame without its \(acoustic.levels) tokens"
        }
        if !acoustic.frames.joined().allSatisfy((0..<1024).contains) {
            return "an acoustic token outside 0 to 1023"
        }
        return nil
    }
}
