import ArgumentParser
import AudioFiles
import AudioLM
import Foundation

/// `audiolm decode`: coded sound back to a sound file.
struct DecodeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode",
        abstract: "Turn what `audiolm encode` wrote back into sound.",
        discussion: """
            Writes sound.decoded.wav for sound.alm, mono, at the recording's sample rate and of its length. Give - to \
            read standard input and to write standard output, as WAV. A damaged or cut file leaves no output file.
            """)

    @Argument(
        help: ArgumentHelp("A file that `audiolm encode` wrote; - for standard input.", valueName: "coded"),
        transform: fileName)
    var coded: String

    @OptionGroup(title: "Models") var model: ModelOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func run() async throws {
        let start = ContinuousClock.now
        let input = Endpoint(coded)
        let target = Endpoint.output(output.output, of: input, extensions: "decoded", "wav")
        var container = AudioContainer.wav
        if case .file(let url) = target { container = try AudioContainer(extensionOf: url) }
        let source = try ByteSource(input)
        try target.check(as: output, of: input)
        var bytes = 0
        var decoder = try SoundDecoder(
            model.loadCodec(), name: source.name, sampleRate: container.sampleRate(for:)
        ) { count in
            let read = try source.read(count)
            bytes += read.count
            return read
        }
        var sink = try SoundSink(target, sampleRate: decoder.sampleRate)
        var samples = 0
        while let piece = try decoder.next() {
            try Task.checkCancellation()
            try sink.write(piece)
            samples += piece.count
        }
        try sink.finish()
        let seconds = Double(samples) / Double(decoder.sampleRate)
        let report = CodingReport(
            input: source.name, output: target.name("standard output"), seconds: seconds,
            kilobitsPerSecond: seconds > 0 ? Double(8 * bytes) / 1000 / seconds : 0, bytes: bytes,
            wallSeconds: (ContinuousClock.now - start) / .seconds(1))
        try report.tell(output, target)
    }
}
