import Foundation
import Tensors
import TestSupport
import Testing

@testable import AudioLM

/// Telling kinds of sound apart: the same numbers as in Python, whatever the level.
@Suite struct SoundKindTests {
    static let folder = URL(fileURLWithPath: Fixtures.path("sound_kind"))

    @Test(arguments: ["notes", "bursts"])
    func computesWhatPythonComputes(sound: String) throws {
        let golden = try Fixtures.golden("sound_kind/io.safetensors")
        let samples = try golden.tensor("\(sound).samples").elements
        let features = try #require(SoundKindFeatures.of(samples))
        expectClose(
            features.map(Float.init), try golden.tensor("\(sound).features").elements, absolute: 2e-3,
            relative: 1e-3, sound)
        let kind = try SoundKindClassifier(contentsOf: Self.folder).kind(of: samples)
        let shares = ["piano", "speech", "neither"].map { Float(kind.shares[$0] ?? -1) }
        expectClose(shares, try golden.tensor("\(sound).shares").elements, absolute: 1e-2, sound)
    }

    @Test func tooLittleSoundIsNoKind() throws {
        let classifier = try SoundKindClassifier(contentsOf: Self.folder)
        #expect(classifier.kind(of: [Float](repeating: 0.1, count: 2000)).name == SoundKind.none)
        let silence = classifier.kind(of: [Float](repeating: 0, count: 24_000))
        #expect(!silence.shares.isEmpty)
        for share in silence.shares.values { #expect(share.isFinite) }
    }

    @Test func likeliestAndNearest() {
        let kind = SoundKind(shares: ["piano": 0.2, "speech": 0.3, "neither": 0.5])
        #expect(kind.name == SoundKind.none && kind.nearest == "speech")
    }

    @Test func refusesWeightsThatDoNotFit() throws {
        let folder = try TemporaryFolder()
        let config = """
            {"format": 1, "model_type": "sound_kind", "kinds": ["piano", "speech"], "mean": [0], "deviation": [1],
             "hidden_weights": [[1]], "hidden_bias": [0], "weights": [[1], [2]], "bias": [0, 0]}
            """
        try config.write(to: folder.file("config.json"), atomically: true, encoding: .utf8)
        #expect(throws: BundleError.self) { try SoundKindClassifier(contentsOf: folder.url) }
    }
}
