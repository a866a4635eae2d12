import AudioFiles
import TestSupport
import Testing

/// How much silence sound ends with.
@Suite struct SilentEndTests {
    private func sound(then rest: [Float]) -> AudioBuffer {
        let chord = chord(seconds: 2, rate: 24000)
        return AudioBuffer(mono: chord.channels[0] + rest, sampleRate: 24000)
    }

    @Test(arguments: [Float(0), 0.25], [Float(0), 1e-4])
    func isToldToATenth(offset: Float, noise: Float) {
        var generator = SystemRandomNumberGenerator()
        let silence = (0..<72_000).map { _ in offset + Float.random(in: -noise...noise, using: &generator) }
        #expect(abs(sound(then: silence).silentEnd - 3) <= 0.11)
    }

    @Test func isNoneBehindSound() {
        #expect(sound(then: []).silentEnd == 0)
        #expect(sound(then: chord(seconds: 1, rate: 24000).channels[0].map { 0.02 * $0 }).silentEnd == 0)
        #expect(AudioBuffer(mono: [0.1], sampleRate: 24000).silentEnd == 0)
    }

    /// However badly its mean can be told.
    @Test func anOffsetAloneIsSilence() {
        let offset = AudioBuffer(mono: [Float](repeating: 0.3, count: 220_500), sampleRate: 44_100)
        #expect(abs(offset.silentEnd - 5) < 0.11)
    }

    @Test func suffixesOfAnyLength() {
        let sound = sound(then: [])
        #expect(sound.suffix(seconds: .infinity) == sound)
        #expect(sound.suffix(seconds: -1).frameCount == 0)
        #expect(sound.suffix(seconds: 0.5).frameCount == 12_000)
        #expect(sound.dropping(seconds: 0.5).frameCount == 36_000)
        #expect(sound.dropping(seconds: 5).frameCount == 0)
    }
}
