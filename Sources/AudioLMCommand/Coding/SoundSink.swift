import AudioFiles

/// Mono sound into a file, which appears whole or not at all, or as 16-bit WAV to standard output.
struct SoundSink: ~Copyable {
    private var file: AudioFileWriter?
    private var stream: ByteSink?

    init(_ endpoint: Endpoint, sampleRate: Int) throws {
        switch endpoint {
        case .file(let url):
            let format = AudioFormat(try AudioContainer(extensionOf: url), holding: .pcm16)
            file = try AudioFileWriter(to: url, format: format, sampleRate: sampleRate, channelCount: 1)
        case .stream:
            var stream = try ByteSink(.stream)
            try stream.write(WAVStream.header(sampleRate: sampleRate))
            self.stream = consume stream
        }
    }

    mutating func write(_ samples: [Float]) throws {
        try file?.write(samples.map(Double.init))
        try stream?.write(WAVStream.bytes(samples))
    }

    /// Puts a file in place.
    mutating func finish() throws { try file?.finish() }
}
