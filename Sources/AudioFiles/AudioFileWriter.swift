import CSndFile
public import Foundation

/// Writes a sound file so that it appears whole or not at all: samples go to a hidden file in the same folder, and
/// `finish()` renames it. Without `finish()` the hidden file is removed.
public struct AudioFileWriter: ~Copyable {
    private var handle: OpaquePointer?
    private let destination: URL
    private let temporary: String
    private let channelCount: Int

    /// Opens the output; throws `AudioFileError` and leaves nothing behind.
    ///
    /// The folder must exist. An existing file at `url` stays until `finish()` replaces it.
    public init(to url: URL, format: AudioFormat, sampleRate: Int, channelCount: Int) throws {
        let path = url.relativePath
        try format.check(sampleRate: sampleRate, channelCount: channelCount, for: url)
        let folder = url.deletingLastPathComponent().path
        let name = ".\(url.lastPathComponent).\(UInt32.random(in: 0 ... .max)).part"
        let temporary = folder + "/" + name
        var info = SF_INFO()
        info.format = Int32(format.code)
        info.samplerate = Int32(clamping: sampleRate)
        info.channels = Int32(clamping: channelCount)
        let descriptor = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            throw AudioFileError.unwritable(path: path, reason: String(cString: strerror(errno)))
        }
        guard let handle = sf_open_fd(descriptor, Int32(SFM_WRITE), &info, Int32(SF_TRUE)) else {
            unlink(temporary)
            throw AudioFileError.unsupported(path: path, reason: String(cString: sf_strerror(nil)))
        }
        // Clipping also selects the scale at which integer samples survive reading and writing unchanged.
        sf_command(handle, Int32(SFC_SET_CLIPPING), nil, Int32(SF_TRUE))
        if format.samples == .lossy {
            var quality = 0.8
            sf_command(
                handle, Int32(SFC_SET_VBR_ENCODING_QUALITY), &quality, Int32(MemoryLayout<Double>.size))
        }
        self.handle = handle
        self.destination = url
        self.temporary = temporary
        self.channelCount = channelCount
    }

    deinit {
        if let handle {
            sf_close(handle)
            unlink(temporary)
        }
    }

    /// Appends frames, `[frames × channels]`.
    public mutating func write(_ interleaved: [Double]) throws {
        // libsndfile's Vorbis encoder keeps a whole call's samples on the stack: hand them over in pieces.
        let piece = 4096 * channelCount
        try interleaved.withUnsafeBufferPointer { samples in
            for start in stride(from: 0, to: samples.count, by: piece) {
                let frames = min(piece, samples.count - start) / channelCount
                let written = sf_writef_double(handle, samples.baseAddress! + start, sf_count_t(frames))
                guard written == sf_count_t(frames) else { throw failure() }
            }
        }
    }

    /// Appends the frames of `buffer`.
    public mutating func write(_ buffer: AudioBuffer) throws {
        for start in stride(from: 0, to: buffer.frameCount, by: 1 << 16) {
            try write(buffer.frames(start..<min(start + 1 << 16, buffer.frameCount)).interleaved())
        }
    }

    /// Completes the file and puts it in place.
    public mutating func finish() throws {
        guard let open = handle else { return }
        handle = nil
        guard sf_close(open) == 0 else {
            unlink(temporary)
            throw AudioFileError.unwritable(path: destination.relativePath, reason: "the disk may be full")
        }
        guard rename(temporary, destination.path) == 0 else {
            let reason = String(cString: strerror(errno))
            unlink(temporary)
            throw AudioFileError.unwritable(path: destination.relativePath, reason: reason)
        }
    }

    private func failure() -> AudioFileError {
        .unwritable(path: destination.relativePath, reason: String(cString: sf_strerror(handle)))
    }
}

extension AudioBuffer {
    /// Writes the whole sound in the format of the file's extension, at its own sample rate where the format has it.
    public func write(to url: URL, samples: SampleFormat = .pcm16) throws {
        let container = try AudioContainer(extensionOf: url)
        let sound = try resampled(to: container.sampleRate(for: sampleRate))
        var writer = try AudioFileWriter(
            to: url, format: AudioFormat(container, holding: samples), sampleRate: sound.sampleRate,
            channelCount: channelCount)
        try writer.write(sound)
        try writer.finish()
    }
}
