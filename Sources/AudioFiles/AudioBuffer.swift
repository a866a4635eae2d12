/// Sound in memory: one array of samples per channel (full scale is ±1), all of the same length.
public struct AudioBuffer: Sendable, Equatable {
    /// Samples, `[channels][frames]`.
    public let channels: [[Float]]
    /// Frames per second.
    public let sampleRate: Int

    /// - Parameters:
    ///   - channels: at least one array; all of the same length.
    ///   - sampleRate: frames per second, positive.
    public init(channels: [[Float]], sampleRate: Int) {
        precondition(sampleRate > 0, "a sample rate is positive")
        precondition(!channels.isEmpty, "sound has at least one channel")
        precondition(channels.allSatisfy { $0.count == channels[0].count }, "channels differ in length")
        self.channels = channels
        self.sampleRate = sampleRate
    }

    /// One channel of sound.
    public init(mono samples: [Float], sampleRate: Int) {
        self.init(channels: [samples], sampleRate: sampleRate)
    }

    /// At least one.
    public var channelCount: Int { channels.count }
    /// Samples of each channel.
    public var frameCount: Int { channels[0].count }
    /// How long it lasts.
    public var seconds: Double { Double(frameCount) / Double(sampleRate) }

    /// The frames of `range`, in every channel.
    public func frames(_ range: Range<Int>) -> AudioBuffer {
        AudioBuffer(channels: channels.map { Array($0[range]) }, sampleRate: sampleRate)
    }

    /// The last `seconds` seconds, at least none, or all where it is shorter.
    public func suffix(seconds: Double) -> AudioBuffer {
        let wanted = (max(0, seconds) * Double(sampleRate)).rounded(.up)
        return frames((frameCount - Int(min(wanted, Double(frameCount))))..<frameCount)
    }

    /// All but the last `seconds` seconds.
    public func dropping(seconds: Double) -> AudioBuffer {
        frames(0..<(frameCount - suffix(seconds: seconds).frameCount))
    }

    /// The mean of all channels.
    public func mixedToMono() -> [Float] {
        guard channelCount > 1 else { return channels[0] }
        var mix = channels[0]
        for channel in channels.dropFirst() {
            for i in mix.indices { mix[i] += channel[i] }
        }
        let scale = 1 / Float(channelCount)
        for i in mix.indices { mix[i] *= scale }
        return mix
    }

    /// The same sound frame by frame: `[frames × channels]`.
    public func interleaved() -> [Double] {
        guard channelCount > 1 else { return channels[0].map(Double.init) }
        var samples = [Double](repeating: 0, count: frameCount * channelCount)
        for (c, channel) in channels.enumerated() {
            for (i, sample) in channel.enumerated() { samples[i * channelCount + c] = Double(sample) }
        }
        return samples
    }
}
