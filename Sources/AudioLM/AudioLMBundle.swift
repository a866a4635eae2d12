public import Foundation

/// Why a bundle cannot be used.
public struct BundleError: Error, Equatable, CustomStringConvertible {
    public let description: String
}

/// A loaded bundle: the codec, the semantic tokenizer and the three token transformers of `Models/<name>`.
public struct AudioLMBundle: Sendable {
    public let name: String
    public let information: BundleInformation
    /// Samples per second of everything that goes in and out.
    public var sampleRate: Int { 24000 }

    public init(contentsOf folder: URL, threads: Int? = nil) throws {
        throw BundleError(
            description: "cannot load \(folder.path)/config.json")
    }

    public func tokenize(_ samples: [Float]) throws -> AudioTokens { AudioTokens(semantic: [], acoustic: []) }

    public func detokenize(_ tokens: AudioTokens) throws -> [Float] { [] }

    public func verify() throws -> [VerificationResult] { [] }

    public func extend(
        _ prompt: [Float], options: ContinuationOptions
    ) -> AsyncThrowingStream<ContinuationEvent, any Error> {
        AsyncThrowingStream { $0.finish() }
    }
}
