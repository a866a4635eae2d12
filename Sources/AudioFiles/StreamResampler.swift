import CSoxr

/// Changes the sample rate of sound piece by piece, as `AudioBuffer.resampled(to:)` changes that of a whole.
public struct StreamResampler: ~Copyable {
    /// soxr's converter; nil where the rates are the same.
    private let converter: soxr_t?
    /// Frames that come out for one that goes in.
    private let ratio: Double
    private let channelCount: Int
    /// Frames given out so far.
    private var produced = 0

    /// Rates further apart than this are no sound's.
    private static let mostApart = 256.0

    /// Throws `AudioFileError` where the rates are more than 256-fold apart.
    public init(from: Int, to: Int, channelCount: Int = 1) throws {
        let ratio = Double(to) / Double(from)
        guard ratio * Self.mostApart >= 1, ratio <= Self.mostApart else {
            throw AudioFileError.resampling(reason: "from \(from) Hz to \(to) Hz is more than 256-fold")
        }
        // Errors 144 dB below the sound, and all of it up to 97 % of the lower rate's half.
        var quality = soxr_quality_spec(UInt(SOXR_24_BITQ), 0)
        quality.passband_end = 0.97
        var fault: soxr_error_t?
        let converter =
            from == to
            ? nil : soxr_create(Double(from), Double(to), UInt32(channelCount), &fault, nil, &quality, nil)
        if let fault { throw AudioFileError.resampling(reason: String(cString: fault)) }
        (self.converter, self.ratio, self.channelCount) = (converter, ratio, channelCount)
    }

    deinit {
        if let converter { soxr_delete(converter) }
    }

    /// The frames that `samples` complete, both `[frames × channels]`.
    public mutating func resample(_ samples: [Float]) throws -> [Float] {
        let output = samples.isEmpty ? [] : try convert(samples)
        produced += output.count / channelCount
        return output
    }

    /// The rest: as many frames as make `total` of all that were given out.
    public mutating func finish(total: Int) throws -> [Float] {
        let wanted = max(0, total - produced)
        let rest = try convert([]).prefix(wanted * channelCount)
        produced += wanted
        return rest + [Float](repeating: 0, count: wanted * channelCount - rest.count)
    }

    /// What `samples` complete, or, where there are none, what is left.
    private func convert(_ samples: [Float]) throws -> [Float] {
        guard let converter else { return samples }
        var output: [Float] = []
        let frames = samples.count / channelCount
        let pieceFrames = max(4096, Int(Double(frames) * ratio) + 1)
        var piece = [Float](repeating: 0, count: pieceFrames * channelCount)
        try samples.withUnsafeBufferPointer { input in
            var used = 0
            while true {
                var (taken, made) = (0, 0)
                let rest = frames > 0 ? input.baseAddress.map { $0 + used * channelCount } : nil
                let fault = soxr_process(converter, rest, frames - used, &taken, &piece, pieceFrames, &made)
                if let fault { throw AudioFileError.resampling(reason: String(cString: fault)) }
                used += taken
                output += piece[..<(made * channelCount)]
                if made < pieceFrames && used == frames { return }
            }
        }
        return output
    }
}
