import ArgumentParser
import AudioFiles
import AudioLM
import Foundation

/// `audiolm detokenize`: acoustic tokens back to sound.
struct DetokenizeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "detokenize",
        abstract: "Turn a token file's acoustic tokens back into sound.",
        discussion: "Writes snippet.decoded.wav for snippet.tokens.json, mono at the models' rate.")

    @Argument(
        help: ArgumentHelp("A file that `audiolm tokenize` wrote.", valueName: "tokens"), transform: fileName)
    var tokens: String

    @Option(
        parsing: .unconditional, help: "Use the first levels only, 1 to 12 (0.5 kbit/s each; default: all).")
    var levels: Int?

    @OptionGroup(title: "Models") var model: ModelOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        if let levels, !(1...12).contains(levels) {
            throw ValidationError("--levels must be 1 to 12, found \(levels)")
        }
    }

    func run() async throws {
        try run(loading: model.load)
    }

    func run(loading load: () throws -> any SoundModel) throws {
        let input = URL(fileURLWithPath: tokens)
        let tokenFile = try TokenFile(contentsOf: input, needsAcoustic: true)
        let stem = input.deletingPathExtension()
        let named = stem.pathExtension == "tokens" ? stem : input
        let file = output.files(for: named, suffix: "decoded", extension: "wav")[0]
        let container = try AudioContainer(extensionOf: file)
        try output.check([file], inputs: [input])
        var sound = tokenFile.tokens
        if let levels { sound.acoustic = sound.acoustic.map { Array($0.prefix(levels)) } }
        let bundle = try load()
        let samples = try bundle.detokenize(sound)
        try Task.checkCancellation()
        try AudioBuffer(mono: samples, sampleRate: bundle.sampleRate)
            .resampled(to: container.sampleRate(for: bundle.sampleRate)).write(to: file)
        let report = TokenReport(
            input: tokens, output: file.relativePath, bundle: bundle.name, semantic: sound.semantic.count,
            acousticFrames: sound.acoustic.count)
        if output.json {
            try Terminal.json(report)
        } else if !output.quiet {
            try Terminal.output("\(report.output): \(Double(samples.count) / Double(bundle.sampleRate)) s")
        }
    }
}
