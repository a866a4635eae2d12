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

    /// Frames of a cross-fade: 20 ms.
    static func fade(at rate: Int) -> Int { rate / 50 }

    /// - Parameters:
    ///   - prompt: its end at the models' rate; the resampler finds sound on both sides of the seam.
    ///   - rate: the snippet's.
    ///   - ringing: what each channel of the snippet would ring on like, for a cross-fade or longer.
    ///   - gains: factor from the models' level to each channel's.
    ///   - offsets: what each channel's samples are to lie about.
    ///   - ceiling: what peaks are turned down to.
    init(
        prompt: [Float], modelRate: Int, rate: Int, ringing: [[Float]], gains: [Float], offsets: [Float],
        ceiling: Float, seconds: Double
    ) throws {
        self.rate = rate
        frames = Int((seconds * Double(rate)).rounded())
        self.gains = gains
        self.offsets = offsets
        let fade = min(frames, Self.fade(at: rate))
        self.ringing = ringing.map { Array($0.prefix(fade)) }
        limiter = StreamLimiter(channelCount: gains.count, ceiling: ceiling, reach: max(1, rate / 200))
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
            let (gain, offset) = (gains[channel], offsets[channel])
            var joined = samples.map { $0 * gain }
            fadeIn(&joined, over: ringing[channel])
            for index in joined.indices { joined[index] += offset }
            fadeOut(&joined)
            return joined
        }
    }

    /// Cross-fades the samples from frame `made` on, those at the seam.
    private func fadeIn(_ samples: inout [Float], over ringing: [Float]) {
        let step = Double.pi / (Double(ringing.count) + 1)
        for frame in made..<max(made, min(ringing.count, made + samples.count)) {
            let weight = Float(0.5 - 0.5 * cos(step * (Double(frame) + 1)))
            samples[frame - made] = (1 - weight) * ringing[frame] + weight * samples[frame - made]
        }
    }

    /// Fades the samples from frame `made` on, those at the end.
    private func fadeOut(_ samples: inout [Float]) {
        let fade = min(frames, rate / 200)
        let end = made + samples.count
        for frame in max(made, min(frames - fade, end))..<end {
            samples[frame - made] *= Float(frames - 1 - frame) / Float(max(1, fade))
        }
    }
}
