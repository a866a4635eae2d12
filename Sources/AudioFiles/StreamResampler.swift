import CSampleRate

/// Changes the sample rate of sound piece by piece, as `AudioBuffer.resampled(to:)` changes that of a whole.
public struct StreamResampler: ~Copyable {
    private let ratio: Double
    /// libsamplerate's converter; nil where the rates are the same.
    private let converter: OpaquePointer?
    private let channelCount: Int
    /// Frames given out so far.
    private var produced = 0

    /// Throws `AudioFileError` where the rates are more than 256-fold apart.
    public init(from: Int, to: Int, channelCount: Int = 1) throws {
        let ratio = Double(to) / Double(from)
        guard src_is_valid_ratio(ratio) != 0 else {
            throw AudioFileError.resampling(reason: "from \(from) Hz to \(to) Hz is more than 256-fold")
        }
        var status: Int32 = 0
        let converter =
            from == to ? nil : src_new(Int32(SRC_SINC_BEST_QUALITY), Int32(clamping: channelCount), &status)
        guard status == 0 else {
            throw AudioFileError.resampling(reason: String(cString: src_strerror(status)))
        }
        self.ratio = ratio
        self.converter = converter
        self.channelCount = channelCount
    }

    deinit {
        if let converter { src_delete(converter) }
    }

    /// The frames that `samples` complete, both `[frames × channels]`.
    public mutating func resample(_ samples: [Float]) throws -> [Float] {
        let output = try convert(samples, isEnd: false)
        produced += output.count / channelCount
        return output
    }

    /// The rest: as many frames as make `total` of all that were given out.
    public mutating func finish(total: Int) throws -> [Float] {
        let wanted = max(0, total - produced)
        let rest = try convert([], isEnd: true).prefix(wanted * channelCount)
        produced += wanted
        return rest + [Float](repeating: 0, count: wanted * channelCount - rest.count)
    }

    private func convert(_ samples: [Float], isEnd: Bool) throws -> [Float] {
        guard let converter else { return samples }
        var output: [Float] = []
        let pieceFrames = 4096
        var piece = [Float](repeating: 0, count: pieceFrames * channelCount)
        try samples.withUnsafeBufferPointer { input in
            var used = 0
            while true {
                let made = try piece.withUnsafeMutableBufferPointer { result in
                    var data = SRC_DATA()
                    // An empty array may have no address; the converter wants one even for no samples.
                    data.data_in =
                        input.baseAddress.map { $0 + used * channelCount }
                        ?? UnsafePointer(result.baseAddress)
                    data.input_frames = input.count / channelCount - used
                    data.data_out = result.baseAddress
                    data.output_frames = pieceFrames
                    data.src_ratio = ratio
                    data.end_of_input = isEnd ? 1 : 0
                    let status = src_process(converter, &data)
                    guard status == 0 else {
                        throw AudioFileError.resampling(reason: String(cString: src_strerror(status)))
                    }
                    used += data.input_frames_used
                    return data.output_frames_gen
                }
                output += piece[..<(made * channelCount)]
                if made == 0 && used == input.count / channelCount { return }
            }
        }
        return output
    }
}
