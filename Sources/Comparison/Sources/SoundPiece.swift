import AudioFiles
import Foundation

/// A piece of a sound file as mono sound, at the file's own rate.
struct SoundPiece {
    let samples: [Float]
    let sampleRate: Int

    var seconds: Double { Double(samples.count) / Double(sampleRate) }

    /// At most `length` seconds from second `start` on; reads no more of the file than that takes.
    init(_ url: URL, from start: Double, seconds length: Double) throws {
        var reader = try AudioFileReader(contentsOf: url)
        let (rate, channels) = (Double(reader.sampleRate), reader.channelCount)
        var (skipped, wanted) = (Int((start * rate).rounded()), Int((length * rate).rounded()))
        var sound: [Double] = []
        while wanted > 0 {
            let chunk = try reader.read(frames: skipped > 0 ? min(skipped, 1 << 16) : min(wanted, 1 << 16))
            if chunk.isEmpty { break }
            let frames = chunk.count / channels
            if skipped > 0 {
                skipped -= frames
                continue
            }
            wanted -= frames
            try reader.check(chunk, from: Int((start * rate).rounded()) + sound.count / channels)
            sound += chunk
        }
        samples = AudioBuffer(interleaved: sound[...], channelCount: channels, sampleRate: reader.sampleRate)
            .heardAsMono()
        sampleRate = reader.sampleRate
    }

    /// At 24 kHz.
    func resampled() throws -> [Float] {
        try AudioBuffer(mono: samples, sampleRate: sampleRate).resampled(to: Sound.sampleRate).channels[0]
    }
}
