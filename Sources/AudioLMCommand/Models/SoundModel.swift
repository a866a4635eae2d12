import AudioLM
import Foundation

/// What the verbs need of a loaded bundle: `AudioLMBundle` in the tools, a stand-in where tests need none.
protocol SoundModel: Sendable {
    var name: String { get }
    var sampleRate: Int { get }
    var promptSeconds: Double { get }
    var semanticVocabulary: Int { get }
    var choosesAmongCandidates: Bool { get }
    var information: BundleInformation { get }
    func tokenize(_ samples: [Float]) throws -> AudioTokens
    func semanticTokens(_ samples: [Float]) throws -> [Int]
    func detokenize(_ tokens: AudioTokens) throws -> [Float]
    func resynthesize(_ snippet: [Float], as voice: [Float]?, options: ResynthesisOptions) throws -> [Float]
    func verify() throws -> [VerificationResult]
    func extend(
        _ prompt: [Float], options: ContinuationOptions, variations: Int
    ) -> AsyncThrowingStream<VariationsEvent, any Error>
}

extension AudioLMBundle: SoundModel {}
