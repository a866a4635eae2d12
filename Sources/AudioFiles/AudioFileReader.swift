import CSndFile
public import Foundation

/// An open sound file, read from its beginning in pieces of any size.
public struct AudioFileReader: ~Copyable {
    private let handle: OpaquePointer
    /// What `handle` reads, where libsndfile does not read it by itself.
    private let file: VirtualFile?
    private let path: String
    /// Frames handed out so far.
    private var position = 0

    /// Frames per second.
    public let sampleRate: Int
    /// At least one.
    public let channelCount: Int
    /// Frames that the header announces; nil where it does not know (a stream written to a pipe, some MP3 files).
    public let frameCount: Int?
    /// How samples can be written again without loss.
    public let samples: SampleFormat

    /// Opens any file that libsndfile can read; throws `AudioFileError`.
    public init(contentsOf url: URL) throws {
        try checkComplete(url)
        var info = SF_INFO()
        let handle = sf_open(url.path, Int32(SFM_READ), &info)
        if let handle, isMPEG(info) {
            sf_close(handle)
            try self.init(toItsLastFrame: open(url.path, O_RDONLY | O_CLOEXEC), path: url.relativePath)
        } else {
            try self.init(handle, info, path: url.relativePath)
        }
    }

    /// Reads what comes through `descriptor`, which stays open. Throws `AudioFileError`.
    ///
    /// A pipe may carry WAV, AIFF, AU, Ogg or MP3; FLAC, in which libsndfile must seek, may not come through one.
    /// - Parameter name: how errors call it.
    public init(descriptor: Int32, name: String) throws {
        var info = SF_INFO()
        let place = lseek(descriptor, 0, SEEK_CUR)
        let handle = sf_open_fd(descriptor, Int32(SFM_READ), &info, Int32(SF_FALSE))
        if let handle, place == 0, isMPEG(info) {
            sf_close(handle)
            lseek(descriptor, place, SEEK_SET)
            try self.init(toItsLastFrame: dup(descriptor), path: name)
        } else {
            try self.init(handle, info, path: name, isPipe: place < 0)
        }
    }

    /// Reads MP3 from `descriptor`, of which it takes care, while there is sound.
    ///
    /// Where such a file does not say how long it is, its decoder guesses by the size of its first frame, wrongly where
    /// sizes vary; without an end to seek it reads on.
    private init(toItsLastFrame descriptor: Int32, path: String) throws {
        var info = SF_INFO()
        let file = VirtualFile(descriptor, hidesEnd: true)
        try self.init(file.open(SFM_READ, &info), info, path: path, file: file)
    }

    private init(
        _ handle: OpaquePointer?, _ info: SF_INFO, path: String, isPipe: Bool = false,
        file: VirtualFile? = nil
    ) throws {
        guard let handle else {
            let reason = String(cString: sf_strerror(nil))
            throw isPipe
                ? AudioFileError.notSoundInPipe(path: path, reason: reason)
                : AudioFileError.notSound(path: path, reason: reason)
        }
        self.handle = handle
        self.file = file
        self.path = path
        sampleRate = Int(info.samplerate)
        channelCount = Int(info.channels)
        samples = SampleFormat(subtypeOf: Int(info.format))
        // Who writes WAV into a pipe does not know its length and says 2 or 4 GB.
        let most = isPipe ? 0x7FFF_0000 / (samples.byteCount * channelCount) : 1 << 48
        frameCount = info.frames < most ? Int(info.frames) : nil
    }

    deinit { sf_close(handle) }

    /// Frames that are read at once where nobody knows how many there are.
    private static let mostOfUnknown = 1 << 20

    /// Up to `count` further frames, `[frames × channels]`; empty at the end of the file.
    ///
    /// Throws `.truncated` where the file ends before the frames that its header announces.
    public mutating func read(frames count: Int) throws -> [Double] {
        let channels = channelCount
        let wanted = max(0, min(count, frameCount.map { $0 - position } ?? Self.mostOfUnknown))
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

    /// Louder than any scale of samples that is in use, that of 32-bit integers, too; squares of much larger numbers leave
    /// the range of floats.
    private static let largestSample = 1e10

    /// Throws where a sample is no finite number or beyond all scales, in frames `[frames × channels]` of this file, the
    /// first of which is frame `start`.
    public func check(_ samples: [Double], from start: Int) throws {
        // NaN is not at most anything.
        guard let index = samples.firstIndex(where: { !(abs($0) <= Self.largestSample) }) else { return }
        let second = Double(start + index / channelCount) / Double(sampleRate)
        throw samples[index].isFinite
            ? AudioFileError.outOfScale(path: path, second: second)
            : AudioFileError.notFinite(path: path, second: second)
    }
}

private func isMPEG(_ info: SF_INFO) -> Bool {
    Int(info.format) & Int(SF_FORMAT_TYPEMASK) == Int(SF_FORMAT_MPEG)
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
