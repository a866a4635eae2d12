import AudioFiles
import Foundation
import TestSupport
import Testing

@Suite struct ResamplingTests {
    @Test(arguments: FormatTests.rates)
    func tonesSurvive(rate: Int) throws {
        let sound = chord(seconds: 1, rate: rate)
        let there = try sound.resampled(to: 24000)
        #expect(there.frameCount == 24000)
        let expected = chord(seconds: 1, rate: 24000)
        guard rate >= 11025 else { return }
        // Away from the ends, where the sound starts and stops at once.
        #expect(fidelity(there.frames(2000..<22000), to: expected.frames(2000..<22000)) > 60)
    }

    @Test func lengthIsExact() throws {
        for count in [1, 7, 1000, 44101] {
            let sound = AudioBuffer(mono: [Float](repeating: 0.1, count: count), sampleRate: 44100)
            let expected = Int((Double(count) * 24000 / 44100).rounded())
            #expect(try sound.resampled(to: 24000).frameCount == expected)
        }
    }

    @Test func absurdRatiosThrow() {
        let sound = AudioBuffer(mono: [0, 0], sampleRate: 1)
        #expect(throws: AudioFileError.self) { try sound.resampled(to: 24000) }
    }

    @Test func channelsThatCancelEachOtherOutAreHeard() {
        let left = chord(seconds: 1, rate: 8000).channels[0]
        func heard(_ right: [Float]) -> [Float] {
            AudioBuffer(channels: [left, right], sampleRate: 8000).heardAsMono()
        }
        #expect(heard(left.map { -$0 }) == left)
        #expect(heard(left) == left)
        #expect(heard(left.map { _ in 0 }) == left.map { $0 / 2 })
    }

    @Test func mixingIsTheMean() {
        let sound = AudioBuffer(channels: [[1, 0.5], [0, -0.5]], sampleRate: 8000)
        #expect(sound.mixedToMono() == [0.5, 0])
    }
}
