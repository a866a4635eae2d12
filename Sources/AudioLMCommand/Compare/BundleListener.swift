import AudioFiles
import AudioLM
import Comparison
import Foundation

/// A bundle as what hears and codes in a comparison.
struct BundleListener: ComparisonModel {
    private let bundle: AudioLMBundle
    let identity: String

    var name: String { bundle.name }

    /// - Parameter folder: the bundle's.
    init(_ bundle: AudioLMBundle, folder: URL) throws {
        guard bundle.sampleRate == Sound.sampleRate else {
            throw ComparisonError(
                "\(bundle.name) works at \(bundle.sampleRate) Hz, expected \(Sound.sampleRate); choose another bundle"
            )
        }
        self.bundle = bundle
        identity = BundleIdentity.text(of: folder)
    }

    func impression(of continuation: [Float], after prompt: [Float]) throws -> ModelImpression {
        let found = try bundle.impression(of: continuation, after: prompt)
        return try ModelImpression(
            tokens: found.tokens, bits: found.bits.reduce(0, +) / Double(found.bits.count),
            features: found.features, syntheticShare: bundle.syntheticShare(of: continuation))
    }

    func acousticContinuation(of prompt: [Float], seconds: Double) throws -> [Float] {
        let seam = try Seam(
            after: AudioBuffer(mono: prompt, sampleRate: Sound.sampleRate), modelRate: bundle.sampleRate)
        let options = ContinuationOptions(seconds: seconds, seed: 1, usesSemanticTokens: false)
        let sound = try bundle.continuation(of: seam.prompt, options: options)
        return try seam.continuation(sound, seconds: seconds).channels[0]
    }

    func coded(_ sound: [Float]) throws -> [Float] {
        try bundle.detokenize(AudioTokens(semantic: [], acoustic: bundle.tokenize(sound).acoustic))
    }
}
