import CSndFile
public import Foundation

/// Writes a sound file so that it appears whole or not at all: with `finish()`.
public struct AudioFileWriter: ~Copyable {
    private var file: UnfinishedFile
    /// Tells where the disk took less, as libsndfile's encoders do not.
    private let bytes: VirtualFile
    private var handle: OpaquePointer?
    private let path: String
    private let channelCount: Int
    /// Frames that there is room for.
    private var room: Int

    /// Opens the output; throws `AudioFileError` and leaves nothing behind.
    ///
    /// The folder must exist. An existing file at `url` stays until `finish()` replaces it.
    public init(to url: URL, format: AudioFormat, sampleRate: Int, channelCount: Int) throws {
        let path = url.relativePath
        try format.check(sampleRate: sampleRate, channelCount: channelCount, for: url)
        var info = SF_INFO()
        info.format = Int32(format.code)
        info.samplerate = Int32(clamping: sampleRate)
        info.channels = Int32(clamping: channelCount)
        let file = try UnfinishedFile(for: url)
        let bytes = VirtualFile(file.descriptor)
        guard let handle = bytes.open(SFM_WRITE, &info) else {
            throw AudioFileError.unsupported(path: path, reason: String(cString: sf_strerror(nil)))
        }
        // Clipping also selects the scale at which integer samples survive reading and writing unchanged.
        sf_command(handle, Int32(SFC_SET_CLIPPING), nil, Int32(SF_TRUE))
        if format.samples == .lossy {
            var quality = 0.8
            sf_command(
                handle, Int32(SFC_SET_VBR_ENCODING_QUALITY), &quality, Int32(MemoryLayout<Double>.size))
        }
        self.file = file
        self.bytes = bytes
        self.handle = handle
        self.path = path
        self.channelCount = channelCount
        room = format.mostFrames(channelCount: channelCount)
    }

    deinit {
        if let handle { sf_close(handle) }
    }

    /// Appends frames, `[frames × channels]`.
    public mutating func write(_ interleaved: [Double]) throws {
        room -= interleaved.count / channelCount
        guard room >= 0 else { throw AudioFileError.tooLong(path: path) }
        // libsndfile's Vorbis encoder keeps a whole call's samples on the stack: hand them over in pieces.
        let piece = 4096 * channelCount
        try interleaved.withUnsafeBufferPointer { samples in
            for start in stride(from: 0, to: samples.count, by: piece) {
                let frames = min(piece, samples.count - start) / channelCount
                let written = sf_writef_double(handle, samples.baseAddress! + start, sf_count_t(frames))
                guard written == sf_count_t(frames), bytes.fault == nil else { throw failure() }
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
        let isComplete = sf_close(open) == 0
        guard bytes.close(), isComplete else { throw failure() }
        try file.finish()
    }

    private func failure() -> AudioFileError {
        // Asked after a fault of ours, libsndfile knows no words for it and says so on standard output.
        let reason = bytes.fault ?? handle.map { String(cString: sf_strerror($0)) }
        return .unwritable(path: path, reason: reason ?? "it could not be completed")
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
