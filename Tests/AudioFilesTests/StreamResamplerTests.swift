import AudioFiles
import TestSupport
import Testing

/// Piece by piece as at once.
@Suite struct StreamResamplerTests {
    private func resample(_ samples: [Float], from: Int, to: Int, by piece: Int) throws -> [Float] {
        var resampler = try StreamResampler(from: from, to: to)
        var result: [Float] = []
        for start in stride(from: 0, to: samples.count, by: piece) {
            result += try resampler.resample(Array(samples[start..<min(start + piece, samples.count)]))
        }
        let total = Int((Double(samples.count) * Double(to) / Double(from)).rounded())
        return result + (try resampler.finish(total: total))
    }

    @Test(arguments: [(44100, 24000), (24000, 44100), (8000, 24000), (24000, 24000)])
    func piecesGiveTheWhole(from: Int, to: Int) throws {
        let sound = chord(seconds: 0.3, rate: from)
        let whole = try sound.resampled(to: to)
        let once = try resample(sound.channels[0], from: from, to: to, by: sound.frameCount)
        for piece in [1, 100, 4097] {
            let pieces = try resample(sound.channels[0], from: from, to: to, by: piece)
            #expect(pieces.count == whole.frameCount)
            #expect(pieces == once)
            #expect(fidelity(AudioBuffer(mono: pieces, sampleRate: to), to: whole) > 100)
        }
    }

    @Test func channelsAreChangedEachForItself() throws {
        let left = chord(seconds: 0.3, rate: 32000).channels[0]
        let right = left.map { -0.5 * $0 }
        var resampler = try StreamResampler(from: 32000, to: 48000, channelCount: 2)
        let both =
            try resampler.resample(zip(left, right).flatMap { [$0, $1] }) + resampler.finish(total: 14400)
        let alone = try resample(left, from: 32000, to: 48000, by: left.count)
        #expect(both.count == 28800)
        for (frame, sample) in alone.enumerated() {
            #expect(both[2 * frame] == sample)
            #expect(both[2 * frame + 1] == -0.5 * sample)
        }
    }

    @Test func noSound() throws {
        var resampler = try StreamResampler(from: 44100, to: 24000)
        #expect(try resampler.resample([]) == [])
        #expect(try resampler.finish(total: 0) == [])
    }

    @Test func ratesTooFarApart() {
        #expect(throws: AudioFileError.self) { _ = try StreamResampler(from: 10, to: 24000) }
    }
}
