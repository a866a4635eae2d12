public import AudioFiles
import Foundation

/// Sound of the models as it becomes, piece by piece, sound that joins on to a snippet: see `Seam`.
public struct SeamStream: ~Copyable {
    private let rate: Int
    /// Frames that come out in all.
    private let frames: Int
    /// Factor from the models' level to each channel's.
    private let gains: [Float]
    /// What each channel's samples lie about.
    private let offsets: [Float]
    /// What the snippet's last sounds would ring on like, per channel, under the cross-fade.
    private let ringing: [[Float]]
    private var resampler: StreamResampler
    private var limiter: StreamLimiter
    /// Frames of the prompt that the resampler has yet to give out.
    private var before: Int
    /// Frames that have come out of the resampler since.
    private var made = 0

    /// - Parameters:
    ///   - prompt: its end at the models' rate; the resampler finds sound on both sides of the seam.
    ///   - tail: the snippet's end, about 0.
    ///   - gains: factor from the models' level to each channel's.
    ///   - offsets: what each channel's samples are to lie about.
    ///   - ceiling: what peaks are turned down to.
    init(
        prompt: [Float], modelRate: Int, tail: AudioBuffer, gains: [Float], offsets: [Float], ceiling: Float,
        seconds: Double
    ) throws {
        rate = tail.sampleRate
        frames = Int((seconds * Double(rate)).rounded())
        self.gains = gains
        self.offsets = offsets
        let (window, fade) = (min(tail.frameCount, rate / 10), min(frames, rate / 50))
        ringing = tail.channels.map { extrapolated($0.suffix(window), by: fade, order: 256) }
        limiter = StreamLimiter(
            channelCount: tail.channelCount, ceiling: ceiling, reach: max(1, rate / 200))
        let context = prompt.suffix(modelRate)
        let lead = [Float](repeating: 0, count: modelRate - context.count)
        var resampler = try StreamResampler(from: modelRate, to: rate)
        before = rate - (try resampler.resample(lead + context).count)
        self.resampler = resampler
    }

    /// The frames that the models' next samples complete.
    public mutating func append(_ generated: [Float]) throws -> AudioBuffer {
        let samples = join(try resampler.resample(generated))
        return AudioBuffer(channels: limiter.append(samples), sampleRate: rate)
    }

    /// The rest, so that `round(seconds × rate)` frames have come out in all.
    public mutating func finish() throws -> AudioBuffer {
        let last = limiter.append(join(try resampler.finish(total: rate + frames)))
        return AudioBuffer(channels: zip(last, limiter.finish()).map { $0 + $1 }, sampleRate: rate)
    }

    /// The resampler's next samples in all channels, those of the prompt left out, cross-faded at the seam and faded
    /// out at the end.
    private mutating func join(_ resampled: [Float]) -> [[Float]] {
        let samples = resampled.dropFirst(before).prefix(frames - made)
        before -= min(before, resampled.count)
        defer { made += samples.count }
        return gains.indices.map { channel in
            samples.enumerated().map { index, sample in
                joined(sample * gains[channel], frame: made + index, channel: channel)
            }
        }
    }

    private func joined(_ sample: Float, frame: Int, channel: Int) -> Float {
        let fade = ringing[channel].count
        let fadeOut = min(frames, rate / 200)
        var sample = sample
        if frame < fade {
            let weight = Float(0.5 - 0.5 * cos(.pi * (Double(frame) + 1) / (Double(fade) + 1)))
            sample = (1 - weight) * ringing[channel][frame] + weight * sample
        }
        sample += offsets[channel]
        if frame >= frames - fadeOut { sample *= Float(frames - 1 - frame) / Float(max(1, fadeOut)) }
        return sample
    }
}
