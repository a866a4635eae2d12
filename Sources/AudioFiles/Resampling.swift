import CSampleRate

extension AudioBuffer {
    /// The same sound at another rate, by libsamplerate's best band-limited interpolation: exactly
    /// `frameCount × rate / sampleRate` frames, rounded.
    public func resampled(to rate: Int) throws -> AudioBuffer {
        guard rate != sampleRate else { return self }
        return AudioBuffer(
            channels: try channels.map { try resample($0, from: sampleRate, to: rate) }, sampleRate: rate)
    }
}

/// Resamples one channel to `count × to / from` samples, rounded.
private func resample(_ samples: [Float], from: Int, to: Int) throws -> [Float] {
    let ratio = Double(to) / Double(from)
    guard src_is_valid_ratio(ratio) != 0 else {
        throw AudioFileError.resampling(reason: "from \(from) Hz to \(to) Hz is more than 256-fold")
    }
    let count = Int((Double(samples.count) * ratio).rounded())
    var output = [Float](repeating: 0, count: count)
    let status = samples.withUnsafeBufferPointer { input in
        output.withUnsafeMutableBufferPointer { result in
            var data = SRC_DATA()
            data.data_in = input.baseAddress
            data.data_out = result.baseAddress
            data.input_frames = input.count
            data.output_frames = result.count
            data.src_ratio = ratio
            return src_simple(&data, Int32(SRC_SINC_BEST_QUALITY), 1)
        }
    }
    guard status == 0 else {
        throw AudioFileError.resampling(reason: String(cString: src_strerror(status)))
    }
    return output
}
