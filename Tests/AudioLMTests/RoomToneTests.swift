import AudioFiles
import Foundation
import Tensors
import TestSupport
import Testing

@testable import AudioLM

/// The noise of a prompt's pauses and what is made of it.
@Suite struct RoomToneTests {
    /// A second of a loud tone and a second of noise, low-passed by `pole`, of the given level.
    private static func prompt(noise level: Float, pole: Float) -> [Float] {
        var generator = SeededGenerator(seed: 5)
        var noise: Float = 0
        let gain = level * (1 - pole * pole).squareRoot()
        return (0..<48_000).map { i in
            noise = pole * noise + gain * generator.nextNormal()
            return noise + (i < 24_000 ? 0.3 * Float(sin(0.1 * Double(i))) : 0)
        }
    }

    private static func level(_ samples: [Float]) -> Float {
        (samples.reduce(0) { $0 + $1 * $1 } / Float(samples.count)).squareRoot()
    }

    @Test(arguments: [Float(0), 0.9])
    func noiseHasTheLevelAndTheColourOfThePauses(pole: Float) throws {
        var tone = try #require(
            RoomTone(of: Self.prompt(noise: 0.01, pole: pole), sampleRate: 24_000)?.started(seed: 1))
        var made = [Float](repeating: 0, count: 48_000)
        tone.add(to: &made)
        #expect(abs(20 * log10(Self.level(made) / 0.01)) < 1.5)
        let next = zip(made, made.dropFirst()).reduce(Float(0)) { $0 + $1.0 * $1.1 }
        let correlation = next / made.reduce(0) { $0 + $1 * $1 }
        #expect(abs(correlation - pole) < 0.05)
    }

    @Test func aRoomNearlyAsLoudAsTheVoiceIsHeard() throws {
        let prompt = Self.prompt(noise: 0.08, pole: 0.5)
        var tone = try #require(RoomTone(of: prompt + prompt, sampleRate: 24_000)?.started(seed: 1))
        var made = [Float](repeating: 0, count: 48_000)
        tone.add(to: &made)
        #expect(abs(20 * log10(Self.level(made) / 0.08)) < 1.5)
        // Shorter prompts may have no pause, and a consonant for noise.
        #expect(RoomTone(of: prompt, sampleRate: 24_000) == nil)
    }

    /// Of a voice that does not pause, no sound is taken for the room.
    @Test func whatIsSaidIsNoRoom() throws {
        let sample = Fixtures.model("../Samples/reading.flac")
        let reading = try AudioBuffer(contentsOf: URL(fileURLWithPath: sample)).resampled(to: 24_000)
            .channels[0]
        #expect(RoomTone(of: Array(reading[24_000..<48_000]), sampleRate: 24_000) == nil)
        #expect(RoomTone(of: Array(reading[21_600..<93_600]), sampleRate: 24_000) == nil)
        #expect(RoomTone(of: Array(reading[0..<93_600]), sampleRate: 24_000) != nil)
    }

    /// A vowel that is sung, then more softly.
    @Test func aVoiceIsNoRoom() {
        var past: (Float, Float) = (0, 0)
        let vowel: [Float] = (0..<72_000).map { i in
            let pulse: Float = i % 160 == 0 ? (i < 48_000 ? 0.5 : 0.2) : 0
            past = (pulse + 1.8 * past.0 - 0.9 * past.1, past.0)
            return 0.1 * past.0
        }
        #expect(RoomTone(of: vowel, sampleRate: 24_000) == nil)
    }

    @Test func piecesGiveTheWhole() throws {
        let tone = try #require(
            RoomTone(of: Self.prompt(noise: 0.01, pole: 0.5), sampleRate: 24_000)?.started(seed: 1))
        var (whole, pieces) = (tone, tone)
        var once = [Float](repeating: 0, count: 1000)
        whole.add(to: &once)
        var first = [Float](repeating: 0, count: 300)
        var rest = [Float](repeating: 0, count: 700)
        pieces.add(to: &first)
        pieces.add(to: &rest)
        #expect(once == first + rest)
    }

    @Test func noneWithoutAPauseOrBehindDigitalSilence() {
        let steady = (0..<48_000).map { 0.3 * Float(sin(0.1 * Double($0))) }
        #expect(RoomTone(of: steady, sampleRate: 24_000) == nil)
        let silent = steady.enumerated().map { $0 < 24_000 ? $1 : 0 }
        #expect(RoomTone(of: silent, sampleRate: 24_000) == nil)
        #expect(RoomTone(of: [0.1, 0.2], sampleRate: 24_000) == nil)
    }
}
