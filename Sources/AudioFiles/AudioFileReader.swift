import CSndFile
public import Foundation

/// An open sound file, read from its beginning in pieces of any size.
public struct AudioFileReader: ~Copyable {
    private let handle: OpaquePointer
    private let path: String
    /// Frames handed out so far.
    private var position = 0

    public let sampleRate: Int
    public let channelCount: Int
    /// Frames that the header announces; nil where it does not know (a stream written to a pipe).
    public let frameCount: Int?
    public let samples: SampleFormat

    /// Opens any file that libsndfile can read; throws `AudioFileError`.
    public init(contentsOf url: URL) throws {
        path = url.relativePath
        try checkComplete(url)
        var info = SF_INFO()
        guard let handle = sf_open(url.path, Int32(SFM_READ), &info) else {
            throw AudioFileError.notSound(path: path, reason: String(cString: sf_strerror(nil)))
        }
        self.handle = handle
        sampleRate = Int(info.samplerate)
        channelCount = Int(info.channels)
        frameCount = info.frames < 1 << 48 ? Int(info.frames) : nil
        samples = SampleFormat(subtypeOf: Int(info.format))
    }

    deinit { sf_close(handle) }

    /// Up to `count` further frames, `[frames × channels]`; empty at the end of the file.
    ///
    /// Throws `.truncated` where the file ends before the frames that its header announces.
    public mutating func read(frames count: Int) throws -> [Double] {
        let channels = channelCount
        let wanted = max(0, min(count, (frameCount ?? .max) - position))
        let handle = handle
        let chunk = [Double](unsafeUninitializedCapacity: wanted * channels) { memory, filled in
            let frames = wanted == 0 ? 0 : sf_readf_double(handle, memory.baseAddress, sf_count_t(wanted))
            filled = Int(frames) * channels
        }
        position += chunk.count / channels
        if let frameCount, chunk.count < wanted * channels {
            throw AudioFileError.truncated(
                path: path, expected: "\(frameCount) frames of sound", found: "\(position)")
        }
        return chunk
    }
}

extension AudioBuffer {
    /// Reads a whole file; throws `AudioFileError`.
    public init(contentsOf url: URL) throws {
        var reader = try AudioFileReader(contentsOf: url)
        var samples: [Double] = []
        while true {
            let chunk = try reader.read(frames: 1 << 16)
            if chunk.isEmpty { break }
            samples += chunk
        }
        guard !samples.isEmpty else { throw AudioFileError.empty(path: url.relativePath) }
        self.init(interleaved: samples[...], channelCount: reader.channelCount, sampleRate: reader.sampleRate)
    }

    /// Takes samples apart that lie frame by frame, `[frames × channels]`.
    public init(interleaved samples: ArraySlice<Double>, channelCount: Int, sampleRate: Int) {
        let channels = (0..<channelCount).map { channel in
            stride(from: samples.startIndex + channel, to: samples.endIndex, by: channelCount)
                .map { Float(samples[$0]) }
        }
        self.init(channels: channels, sampleRate: sampleRate)
    }
}
