import ArgumentParser
import AudioFiles
import AudioLM
import Foundation

/// `audiolm tokenize`: a recording as semantic and acoustic tokens.
struct TokenizeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenize",
        abstract: "Write a recording's semantic and acoustic tokens as JSON.",
        discussion: """
            Writes snippet.tokens.json: 25 semantic tokens and 50 rows of acoustic tokens per second, \
            each row coarsest level first. Acoustic tokens are 0 to 1023, semantic ones below the bundle's vocabulary.
            """)

    /// Seconds of sound that are tokenized at most.
    static let longest = 3600.0

    @Argument(help: ArgumentHelp("The recording, 1 s to an hour.", valueName: "snippet"), transform: fileName)
    var snippet: String

    @Flag(help: "Write the semantic tokens alone, in half of the time.")
    var onlySemantic = false

    @OptionGroup(title: "Models") var model: ModelOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func run() async throws {
        try run(loading: model.load(for:))
    }

    func run(loading load: (AudioBuffer) throws -> ChosenModel) throws {
        let input = URL(fileURLWithPath: snippet)
        let file = output.files(for: input, suffix: "tokens", extension: "json")[0]
        let recording = try Snippet(contentsOf: input, tailSeconds: ContinueCommand.promptReach)
        guard Double(recording.frameCount) <= Self.longest * Double(recording.tail.sampleRate) else {
            throw ValidationError("\(snippet) is longer than an hour; cut it into parts")
        }
        try output.check([file], inputs: [input])
        let chosen = try load(recording.tail)
        let bundle = chosen.bundle
        if let warning = chosen.warning, !output.quiet { Terminal.error("Warning: \(warning)") }
        // Read again, since an hour of it at its own rate and channels takes gigabytes.
        let samples = try SoundSource(.file(input)).all(at: bundle.sampleRate)
        let tokens =
            onlySemantic
            ? AudioTokens(semantic: try bundle.semanticTokens(samples), acoustic: [])
            : try bundle.tokenize(samples)
        try Task.checkCancellation()
        try TokenFile(tokens, bundle: bundle.name, vocabulary: bundle.semanticVocabulary).write(to: file)
        let report = TokenReport(
            input: snippet, output: file.relativePath, bundle: bundle.name, semantic: tokens.semantic.count,
            acousticFrames: tokens.acoustic.count)
        if output.json {
            try Terminal.json(report)
        } else if !output.quiet {
            try Terminal.output(
                "\(report.output): \(report.semantic) semantic tokens, \(report.acousticFrames) acoustic frames"
            )
        }
    }
}

/// What `tokenize` and `detokenize` tell.
struct TokenReport: Encodable {
    let input: String
    let output: String
    let bundle: String
    let semantic: Int
    let acousticFrames: Int
}
