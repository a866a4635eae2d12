import AudioFiles
import AudioLM
import Foundation
import TestSupport
import Testing

@testable import AudioLMCommand

/// What `--model auto` takes, and what it says.
@Suite struct ModelChoiceTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func choice(_ shares: [String: Double], installed: Set<String> = ["piano", "speech"])
        -> ModelChoice
    {
        ModelChoice(heard: SoundKind(shares: shares), isInstalled: installed.contains)
    }

    @Test func takesWhatItHears() {
        for kind in ["piano", "speech"] {
            let choice = choice([kind: 0.9, "neither": 0.1])
            #expect(choice.bundle == kind && choice.heard?.name == kind && choice.warning == nil)
        }
    }

    @Test func saysSoWhenItIsNeither() {
        let choice = choice(["piano": 0.1, "speech": 0.2, "neither": 0.7])
        #expect(choice.bundle == "speech")
        #expect(
            choice.warning
                == "the snippet sounds like none of piano 10 %, speech 20 %; going on with speech, --model chooses another"
        )
    }

    @Test func goesOnWithPianoWhereNoSpeechBundleIs() {
        let choice = choice(["piano": 0.1, "speech": 0.8, "neither": 0.1], installed: ["piano"])
        #expect(choice.bundle == "piano")
        #expect(
            choice.warning
                == "no bundle is installed for speech, which the snippet sounds nearest to; going on with piano, --model chooses another"
        )
    }

    @Test func goesOnWithPianoWhereNothingTells() throws {
        let locator = BundleLocator(environment: [:], workingFolder: folder.url, executable: nil)
        let choice = try ModelChoice(for: chord(seconds: 1, rate: 16000), locator: locator)
        #expect(choice.bundle == "piano" && choice.heard == nil)
        #expect(choice.warning?.contains("no bundle auto") == true)
    }

    @Test func hearsAtAnyRate() throws {
        try FileManager.default.copyItem(
            atPath: Fixtures.path("sound_kind"), toPath: folder.file("auto").path)
        let locator = BundleLocator(
            environment: ["AUDIOLM_MODELS": folder.url.path], workingFolder: folder.url, executable: nil)
        for rate in [8000, 24000, 44100] {
            let choice = try ModelChoice(for: chord(seconds: 2, rate: rate, channels: 2), locator: locator)
            #expect(choice.heard != nil && choice.bundle == "piano")
        }
    }

    @Test func theShippedClassifierKnowsPianoFromNoise() throws {
        let models = URL(fileURLWithPath: Fixtures.model("auto")).deletingLastPathComponent()
        let locator = BundleLocator(
            environment: ["AUDIOLM_MODELS": models.path], workingFolder: folder.url, executable: nil)
        let sample = models.appending(path: "../Samples/bach-prelude.flac")
        let recording = try AudioBuffer(contentsOf: sample)
        for gain: Float in [1, 0.1] {
            let mono = AudioBuffer(
                mono: recording.mixedToMono().map { $0 * gain }, sampleRate: recording.sampleRate)
            let piano = try ModelChoice(for: mono, locator: locator)
            #expect(piano.bundle == "piano" && piano.warning == nil)
        }
        var state: UInt64 = 1
        let noise = (0..<48_000).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Float(state >> 40) / Float(1 << 25) - 0.25
        }
        let other = try ModelChoice(for: AudioBuffer(mono: noise, sampleRate: 24_000), locator: locator)
        #expect(other.heard?.name == SoundKind.none && other.warning != nil)
    }
}
