extension AudioBuffer {
    /// The same sound at another rate, by soxr's band-limited interpolation: exactly `frameCount × rate / sampleRate`
    /// frames, rounded.
    public func resampled(to rate: Int) throws -> AudioBuffer {
        guard rate != sampleRate else { return self }
        let count = Int((Double(frameCount) * Double(rate) / Double(sampleRate)).rounded())
        return AudioBuffer(
            channels: try channels.map { samples in
                var resampler = try StreamResampler(from: sampleRate, to: rate)
                return try resampler.resample(samples) + resampler.finish(total: count)
            }, sampleRate: rate)
    }
}
