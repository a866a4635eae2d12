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
        identity = Self.identity(of: folder, codec: bundle.codecFolder)
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

    /// Another number wherever equal weights come to compute something else.
    private static let engine = 2

    /// What the bundle's checksums say, its codec's included, its configuration, and what computes; its card does not
    /// count. Weights without checksums are known by their sizes and dates.
    private static func identity(of folder: URL, codec: URL) -> String {
        let files =
            ["SHA256SUMS", "config.json"].map { folder.appending(path: $0) } + [
                codec.appending(path: "SHA256SUMS")
            ]
        return files.compactMap { try? String(contentsOf: $0, encoding: .utf8) }
            .flatMap { $0.split(whereSeparator: \.isNewline) }.filter { !$0.hasSuffix("README.md") }
            .joined(separator: "\n") + "\nengine \(engine)"
            + [folder, codec].filter { !FileManager.default.fileExists(atPath: $0.path + "/SHA256SUMS") }
            .flatMap(datedWeights).map { "\n\($0)" }.joined()
    }

    private static func datedWeights(in folder: URL) -> [String] {
        let keys: Set<URLResourceKey> = [.fileSizeKey, .contentModificationDateKey]
        let files = try? FileManager.default.contentsOfDirectory(
            at: folder, includingPropertiesForKeys: Array(keys))
        return (files ?? []).filter { $0.pathExtension == "safetensors" }.map { file in
            let values = try? file.resourceValues(forKeys: keys)
            return
                "\(file.lastPathComponent) \(values?.fileSize ?? 0) \(values?.contentModificationDate ?? .distantPast)"
        }.sorted()
    }
}
