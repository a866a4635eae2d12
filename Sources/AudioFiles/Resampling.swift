extension AudioBuffer {
    /// The same sound at another rate, by soxr's band-limited interpolation: exactly `frameCount × rate / sampleRate`
    /// frames, rounded.
    public func resampled(to rate: Int) throws -> AudioBuffer {
        guard rate != sampleRate else { return self }
        let count = rescaled(frameCount, from: sampleRate, to: rate)
        return AudioBuffer(
            channels: try channels.map { samples in
                var resampler = try StreamResampler(from: sampleRate, to: rate)
                return try resampler.resample(samples) + resampler.finish(total: count)
            }, sampleRate: rate)
    }
}

/// `count` samples at the rate `from` as a count at the rate `to`, rounded; `count` is at most 2^48.
package func rescaled(_ count: Int, from: Int, to: Int) -> Int {
    let (quotient, remainder) = count.quotientAndRemainder(dividingBy: from)
    return quotient * to + (2 * remainder * to + from) / (2 * from)
}
