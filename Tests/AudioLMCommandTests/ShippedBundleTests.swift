import AudioFiles
import Foundation
import Testing

/// The bundle in `Models/piano` continues the real piano recording in `Samples/`, in a sound of about its level.
@Suite struct ShippedBundleTests {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        .standardizedFileURL

    @Test(
        .enabled(
            if: FileManager.default.fileExists(atPath: root.appending(path: "Models/piano/config.json").path))
    )
    func continuesASample() throws {
        let output = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).wav")
        defer { try? FileManager.default.removeItem(at: output) }
        let sample = Self.root.appending(path: "Samples/bach-prelude.flac")
        let outcome = try ToolProcess(
            "continue", [sample.path, "--seconds", "6", "--seed", "1", "-o", output.path], in: Self.root
        ).outcome()
        #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
        let snippet = try AudioBuffer(contentsOf: sample)
        let joined = try AudioBuffer(contentsOf: output)
        #expect(joined.sampleRate == snippet.sampleRate)
        #expect(joined.frameCount == snippet.frameCount + 6 * snippet.sampleRate)
        #expect(joined.frames(0..<snippet.frameCount) == snippet)
        let level = Self.decibels(joined.frames(snippet.frameCount..<joined.frameCount))
        #expect(abs(level - Self.decibels(snippet)) < 12)
    }

    @Test(
        .enabled(
            if: FileManager.default.fileExists(atPath: root.appending(path: "Models/piano/config.json").path))
    )
    func computesWhatItsGoldenFileSays() throws {
        let outcome = try ToolProcess("audiolm", ["verify"], in: Self.root).outcome()
        #expect(outcome.code == 0, "\(outcome.output)")
    }

    private static func decibels(_ sound: AudioBuffer) -> Double {
        let samples = sound.mixedToMono()
        return 10 * log10(samples.reduce(1e-12) { $0 + Double($1 * $1) } / Double(samples.count))
    }
}
