import ArgumentParser
import AudioFiles
import AudioLM
import Foundation

/// `audiolm resynthesize`: the same content in another voice.
struct ResynthesizeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resynthesize",
        abstract: "Make a recording anew from its semantic tokens: the same words or notes, another voice.",
        discussion: """
            Writes snippet.resynthesized.wav, mono at the models' rate. Without --voice the voice is drawn at random; \
            with it, the result sounds as that recording does. Sampling options are for the coarse and the fine stage: \
            semantic tokens are the recording's own.
            """)

    /// Seconds of sound that are made anew at most.
    static let longest = 600.0
    /// More seconds of a voice than any model's window holds.
    static let voiceReach = 60.0

    @Argument(
        help: ArgumentHelp("The recording, 1 s to 10 minutes.", valueName: "snippet"), transform: fileName)
    var snippet: String

    @Option(
        help: ArgumentHelp("A recording whose end it is to sound like, at least 1 s.", valueName: "file"),
        transform: fileName)
    var voice: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The same seed gives the same sound (default: chosen and printed).", valueName: "number"))
    var seed: UInt64?

    @OptionGroup(title: "Sampling") var sampling: SamplingArguments
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Models") var model: ModelOptions

    func validate() throws {
        guard !sampling.names(.semantic) else {
            throw ValidationError(
                "semantic=… has nothing to draw here: the semantic tokens are the recording's; name coarse or fine"
            )
        }
    }

    func run() async throws {
        try run(loading: model.load(for:))
    }

    func run(loading load: (AudioBuffer) throws -> ChosenModel) throws {
        let input = URL(fileURLWithPath: snippet)
        let file = output.files(for: input, suffix: "resynthesized", extension: "wav")[0]
        let container = try AudioContainer(extensionOf: file)
        let recording = try Snippet(contentsOf: input, tailSeconds: Self.longest)
        guard recording.tail.frameCount == recording.frameCount else {
            throw ValidationError("\(snippet) is longer than 10 minutes; cut it into parts")
        }
        let voiceFile = voice.map { URL(fileURLWithPath: $0) }
        let other = try voiceFile.map { try Snippet(contentsOf: $0, tailSeconds: Self.voiceReach) }
        try output.check([file], inputs: [input] + (voiceFile.map { [$0] } ?? []))
        let chosen = try load(recording.tail)
        if let warning = chosen.warning, !output.quiet { Terminal.error("Warning: \(warning)") }
        let rate = chosen.bundle.sampleRate
        let options = ResynthesisOptions(
            seed: seed ?? UInt64(UInt32.random(in: 0 ... .max)), sampling: sampling.options(first: .coarse))
        let samples = try chosen.bundle.resynthesize(
            Self.mono(recording.tail, rate), as: other.map { try Self.mono($0.tail, rate) }, options: options)
        try AudioBuffer(mono: samples, sampleRate: rate)
            .resampled(to: container.sampleRate(for: rate)).write(to: file)
        let report = Report(
            input: snippet, voice: voice, output: file.relativePath, bundle: chosen.bundle.name,
            seed: options.seed, seconds: Double(samples.count) / Double(rate))
        if output.json {
            try Terminal.json(report)
        } else if !output.quiet {
            try Terminal.output(
                "\(report.output): \(String(format: "%.1f", report.seconds)) s (seed \(report.seed))")
        }
    }

    private static func mono(_ sound: AudioBuffer, _ rate: Int) throws -> [Float] {
        try AudioBuffer(mono: sound.heardAsMono(), sampleRate: sound.sampleRate).resampled(to: rate).channels[
            0]
    }

    private struct Report: Encodable {
        let input: String
        let voice: String?
        let output: String
        let bundle: String
        let seed: UInt64
        let seconds: Double
    }
}
