public import Foundation

/// A recording that is to be continued: checked from end to end, its last part in memory.
public struct Snippet: Sendable {
    /// Where it was read from.
    public let url: URL
    /// Frames of the whole file.
    public let frameCount: Int
    /// How the file's samples can be written again without loss.
    public let samples: SampleFormat
    /// The file's last `tailSeconds` seconds (all of it where it is shorter), at its own rate and channels.
    public let tail: AudioBuffer

    /// `tail` without the silence that it ends with, if that leaves half a second.
    public var sounding: AudioBuffer {
        let sound = tail.dropping(seconds: tail.silentEnd)
        return sound.seconds >= 0.5 ? sound : tail
    }

    /// Sample rates of sound, all of which can be changed to a model's.
    static let rates = 100...1_000_000
    /// No more than this (−80 dBFS) from the middle between a channel's extremes counts as silence.
    private static let silence: Float = 1e-4

    /// Reads the whole file once in pieces, so that hours of sound need no more memory than a few times the tail does, of
    /// which any number of seconds may be asked for, infinitely many as well.
    ///
    /// Throws `AudioFileError` for anything that cannot be continued: a file that is missing, no sound, truncated,
    /// damaged, of a rate of no sound, shorter than `minimumSeconds`, silent, or that holds a sample that is no number or beyond all scales.
    public init(contentsOf url: URL, tailSeconds: Double, minimumSeconds: Double = 1) throws {
        var reader = try AudioFileReader(contentsOf: url)
        let path = url.relativePath
        let rate = reader.sampleRate
        guard Self.rates.contains(rate) else { throw AudioFileError.rate(path: path, found: rate) }
        let channels = reader.channelCount
        let tailCount = Int(min(max(minimumSeconds, tailSeconds) * Double(rate), 1e12))
        var recent = [[Float]](repeating: [], count: channels)
        var lowest = [Float](repeating: .infinity, count: channels)
        var highest = [Float](repeating: -.infinity, count: channels)
        var position = 0
        while true {
            let chunk = try reader.read(frames: 1 << 16)
            if chunk.isEmpty { break }
            try reader.check(chunk, from: position)
            position += chunk.count / channels
            let sound = AudioBuffer(interleaved: chunk[...], channelCount: channels, sampleRate: rate)
            for channel in recent.indices {
                lowest[channel] = sound.channels[channel].reduce(lowest[channel], min)
                highest[channel] = sound.channels[channel].reduce(highest[channel], max)
                recent[channel] += sound.channels[channel]
                if recent[channel].count > 2 * tailCount {
                    recent[channel].removeFirst(recent[channel].count - tailCount)
                }
            }
        }
        guard position > 0 else { throw AudioFileError.empty(path: path) }
        guard Double(position) >= minimumSeconds * Double(rate) else {
            throw AudioFileError.tooShort(
                path: path, seconds: Double(position) / Double(rate), minimum: minimumSeconds)
        }
        let swing = zip(lowest, highest).reduce(0) { max($0, ($1.1 - $1.0) / 2) }
        guard swing > Self.silence else { throw AudioFileError.silent(path: path) }
        self.url = url
        self.frameCount = position
        self.samples = reader.samples
        for channel in recent.indices {
            recent[channel].removeFirst(max(0, recent[channel].count - tailCount))
        }
        self.tail = AudioBuffer(channels: recent, sampleRate: rate)
    }
}
