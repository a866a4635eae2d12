import ArgumentParser
import AudioFiles
import AudioLM
import Foundation

/// `audiolm encode`: sound to 1.5, 3 or 6 kbit/s.
struct EncodeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "encode",
        abstract: "Code sound at 1.5, 3 or 6 kbit/s.",
        discussion: """
            Writes sound.alm, mono, with the checksums to find any damage. Give - to read standard input, as \
            WAV, AIFF, AU, Ogg or MP3, and to write standard output. Any length takes the same memory.
            """)

    @Argument(
        help: ArgumentHelp("The recording; - for standard input.", valueName: "sound"), transform: fileName)
    var sound: String

    @Option(help: ArgumentHelp("Kilobits per second.", valueName: "kbit/s"))
    var bitrate = Bitrate.high

    @OptionGroup(title: "Models") var model: ModelOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    /// Sound that is worked on at once.
    private static let pieceSeconds = 2

    func run() async throws {
        let start = ContinuousClock.now
        let input = Endpoint(sound)
        let target = Endpoint.output(output.output, of: input, extensions: "alm")
        var source = try SoundSource(input)
        try target.check(as: output, of: input)
        let codec = try model.loadCodec()
        let levels = bitrate.levels(of: codec)
        var encoder = try SoundEncoder(codec, levels: levels, sampleRate: source.sampleRate)
        var sink = try ByteSink(target)
        while true {
            try Task.checkCancellation()
            let piece = try source.next(seconds: Self.pieceSeconds)
            if piece.isEmpty { break }
            try sink.write(encoder.encode(piece))
        }
        try sink.write(encoder.finish())
        try sink.finish()
        let report = CodingReport(
            input: source.name, output: target.name("standard output"), seconds: source.seconds,
            kilobitsPerSecond: Double(8 * sink.count) / 1000 / source.seconds, bytes: sink.count,
            wallSeconds: (ContinuousClock.now - start) / .seconds(1))
        try report.tell(output, target)
    }
}

/// The rates that a codec is meant to be used at: all of its levels, half and a quarter of them.
enum Bitrate: String, CaseIterable, ExpressibleByArgument {
    case low = "1.5"
    case medium = "3"
    case high = "6"

    func levels(of codec: AudioCodec) -> Int {
        switch self {
        case .low: max(1, codec.levels / 4)
        case .medium: max(1, codec.levels / 2)
        case .high: codec.levels
        }
    }
}
