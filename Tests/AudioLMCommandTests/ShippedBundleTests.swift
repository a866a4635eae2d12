import AudioFiles
import Foundation
import Testing

/// The bundles in `Models/` continue the recordings in `Samples/`, in a sound of about their level.
@Suite struct ShippedBundleTests {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        .standardizedFileURL
    /// A package that only uses the library may leave them out.
    static let hasBundles = ["piano", "speech"].allSatisfy {
        FileManager.default.fileExists(atPath: root.appending(path: "Models/\($0)/config.json").path)
    }

    @Test(
        .enabled(if: hasBundles), arguments: [("bach-prelude.flac", "piano"), ("reading.flac", "speech")])
    func continuesASample(name: String, bundle: String) throws {
        let output = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).wav")
        defer { try? FileManager.default.removeItem(at: output) }
        let sample = Self.root.appending(path: "Samples/\(name)")
        let outcome = try ToolProcess(
            "continue", [sample.path, "--seconds", "6", "--seed", "1", "-o", output.path], in: Self.root
        ).outcome()
        #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
        #expect(outcome.output.contains("\(bundle) by its sound"), "\(outcome.output)")
        let snippet = try AudioBuffer(contentsOf: sample)
        let joined = try AudioBuffer(contentsOf: output)
        #expect(joined.sampleRate == snippet.sampleRate)
        #expect(joined.frameCount == snippet.frameCount + 6 * snippet.sampleRate)
        #expect(joined.frames(0..<snippet.frameCount) == snippet)
        let level = Self.decibels(joined.frames(snippet.frameCount..<joined.frameCount))
        #expect(abs(level - Self.decibels(snippet)) < 12)
    }

    @Test(.enabled(if: hasBundles), arguments: ["piano", "speech"])
    func computesWhatItsGoldenFileSays(bundle: String) throws {
        let outcome = try ToolProcess("audiolm", ["verify", "--model", bundle], in: Self.root).outcome()
        #expect(outcome.code == 0, "\(outcome.output)")
    }

    private static func decibels(_ sound: AudioBuffer) -> Double {
        let samples = sound.mixedToMono()
        return 10 * log10(samples.reduce(1e-12) { $0 + Double($1 * $1) } / Double(samples.count))
    }
}
