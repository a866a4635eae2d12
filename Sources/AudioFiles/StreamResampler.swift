import CSampleRate

/// Changes the sample rate of one channel piece by piece, as `AudioBuffer.resampled(to:)` changes that of a whole.
public struct StreamResampler: ~Copyable {
    private let ratio: Double
    /// libsamplerate's converter; nil where the rates are the same.
    private let converter: OpaquePointer?
    /// Samples given out so far.
    private var produced = 0

    /// Throws `AudioFileError` where the rates are more than 256-fold apart.
    public init(from: Int, to: Int) throws {
        let ratio = Double(to) / Double(from)
        guard src_is_valid_ratio(ratio) != 0 else {
            throw AudioFileError.resampling(reason: "from \(from) Hz to \(to) Hz is more than 256-fold")
        }
        var status: Int32 = 0
        let converter = from == to ? nil : src_new(Int32(SRC_SINC_BEST_QUALITY), 1, &status)
        guard status == 0 else {
            throw AudioFileError.resampling(reason: String(cString: src_strerror(status)))
        }
        self.ratio = ratio
        self.converter = converter
    }

    deinit {
        if let converter { src_delete(converter) }
    }

    /// The samples that `samples` complete.
    public mutating func resample(_ samples: [Float]) throws -> [Float] {
        let output = try convert(samples, isEnd: false)
        produced += output.count
        return output
    }

    /// The rest: as many samples as make `total` of all that were given out.
    public mutating func finish(total: Int) throws -> [Float] {
        var rest = try convert([], isEnd: true)
        let wanted = max(0, total - produced)
        if rest.count > wanted { rest.removeLast(rest.count - wanted) }
        produced += wanted
        return rest + [Float](repeating: 0, count: wanted - rest.count)
    }

    private func convert(_ samples: [Float], isEnd: Bool) throws -> [Float] {
        guard let converter else { return samples }
        var output: [Float] = []
        var piece = [Float](repeating: 0, count: 4096)
        try samples.withUnsafeBufferPointer { input in
            var used = 0
            while true {
                let made = try piece.withUnsafeMutableBufferPointer { result in
                    var data = SRC_DATA()
                    // An empty array may have no address; the converter wants one even for no samples.
                    data.data_in = input.baseAddress.map { $0 + used } ?? UnsafePointer(result.baseAddress)
                    data.input_frames = input.count - used
                    data.data_out = result.baseAddress
                    data.output_frames = result.count
                    data.src_ratio = ratio
                    data.end_of_input = isEnd ? 1 : 0
                    let status = src_process(converter, &data)
                    guard status == 0 else {
                        throw AudioFileError.resampling(reason: String(cString: src_strerror(status)))
                    }
                    used += data.input_frames_used
                    return data.output_frames_gen
                }
                output += piece[..<made]
                if made == 0 && used == input.count { return }
            }
        }
        return output
    }
}
