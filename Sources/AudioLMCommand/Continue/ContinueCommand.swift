public import ArgumentParser
import AudioFiles
import AudioLM
import Foundation

/// `audiolm continue`, which is also the whole of the tool `continue`.
public struct ContinueCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "continue",
        abstract: "Continue a recording: the snippet itself, then what might have followed.",
        discussion: """
            Writes snippet.continued.wav beside the snippet, at the snippet's own sample rate and channel count.

            `continue` is a reserved word in shells, which run their own. Any of these works:
              audiolm continue snippet.wav --seconds 20
              env continue snippet.wav --seconds 20
              swift run -c release continue snippet.wav --seconds 20

            A folder in place of the snippet continues every recording in it, or, where some are named NAME.prompt.EXT, \
            those alone, into the folder that -o names, one file (or --variations of them) named after each, with a \
            manifest.json of seeds and settings; run again, it goes on where it was cut off.
            """,
        version: RootCommand.version)

    /// Seconds of silence that a snippet may end with, for all that anybody is told.
    private static let longestPause = 2.0
    /// Seconds of sound that are heard at least before a short pause.
    private static let leastHeard = 0.2
    /// More seconds of a snippet's end than any model's window holds.
    static let promptReach = 60.0

    @Argument(
        help: ArgumentHelp(
            "The recording: WAV, AIFF, FLAC, Ogg, Opus, MP3, at least 1 s; or a folder of such.",
            valueName: "snippet"), transform: fileName)
    var snippet: String

    @OptionGroup(title: "Continuation") var continuation: ContinuationArguments
    @OptionGroup(title: "Sampling") var sampling: SamplingArguments
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Models") var model: ModelOptions

    public init() {}

    public func run() async throws {
        try await run(loading: model.loader())
    }

    /// Checks all that can be checked, then loads the models and makes the variations.
    func run(loading load: (AudioBuffer) throws -> ChosenModel) async throws {
        let input = URL(fileURLWithPath: snippet)
        if FolderContinuation.isFolder(input) {
            return try await FolderContinuation(self, folder: input).run(loading: load)
        }
        let outputs = output.files(
            for: input, suffix: "continued", extension: "wav", count: continuation.variations)
        let recording = try recording(input)
        try output.check(outputs, inputs: [input])
        // Named before names are numbered.
        if let named = output.output { _ = try AudioContainer(extensionOf: URL(fileURLWithPath: named)) }
        let files = try outputs.map {
            try JoinedFile(
                recording, to: $0, onlyContinuation: continuation.onlyContinuation,
                seconds: continuation.seconds)
        }
        let chosen = try model(for: recording, loading: load)
        let firstSeed = continuation.seed ?? UInt64(UInt32.random(in: 0 ... .max))
        for first in stride(from: 0, to: files.count, by: continuation.variationsAtOnce) {
            let numbers = first..<min(first + continuation.variationsAtOnce, files.count)
            let label =
                numbers.count < files.count ? "\(first + 1) to \(numbers.upperBound) of \(files.count) " : ""
            let reports = try await fill(
                Array(files[numbers]), after: recording, model: chosen, seed: firstSeed &+ UInt64(first),
                label: label)
            for report in reports { try tell(report) }
        }
    }

    /// Continues one recording into several files at once, which are overwritten where they exist; seeds from `seed` on.
    func makeContinuations(
        of input: URL, to urls: [URL], seed: UInt64, label: String,
        loading load: (AudioBuffer) throws -> ChosenModel
    ) async throws -> [ContinuationReport] {
        let recording = try recording(input)
        let files = try urls.map {
            try JoinedFile(
                recording, to: $0, onlyContinuation: continuation.onlyContinuation,
                seconds: continuation.seconds)
        }
        return try await fill(
            files, after: recording, model: model(for: recording, loading: load), seed: seed, label: label)
    }

    /// The bundle for a recording, once all was said of how the two go together.
    private func model(
        for recording: Snippet, loading load: (AudioBuffer) throws -> ChosenModel
    ) throws -> ChosenModel {
        let chosen = try load(recording.sounding)
        if let warning = chosen.warning { warn(warning) }
        try checkEnd(of: recording, heardBy: chosen.bundle)
        try requireCandidates(of: chosen)
        if ignoresCandidates(chosen) {
            warn("the bundle \(chosen.bundle.name) does not choose among candidates; --candidates is ignored")
        }
        return chosen
    }

    func recording(_ input: URL) throws -> Snippet {
        try Snippet(contentsOf: input, tailSeconds: Self.promptReach)
    }

    /// Makes as many variations as there are files, with seeds from `seed` on.
    private func fill(
        _ files: [JoinedFile], after recording: Snippet, model chosen: ChosenModel, seed: UInt64,
        label: String
    ) async throws -> [ContinuationReport] {
        let seam = try Seam(
            after: recording.tail.suffix(seconds: chosen.bundle.promptSeconds),
            heardSeconds: continuation.promptSeconds, modelRate: chosen.bundle.sampleRate)
        let options = ContinuationOptions(
            seconds: continuation.seconds, seed: seed, promptSeconds: continuation.promptSeconds,
            sampling: sampling.options(), candidates: ignoresCandidates(chosen) ? 1 : continuation.candidates)
        // Begins at once, beside the copying.
        let events = chosen.bundle.extend(seam.prompt, options: options, variations: files.count)
        let summaries = try await write(events, to: JoinedFile.open(files, seam), label: label)
        return zip(files, summaries).map {
            ContinuationReport(recording, model: chosen, file: $0.url, summary: $1)
        }
    }

    /// Throws where the models would hear next to nothing before the silence that the snippet ends with, less than a second
    /// where this is long, and warns where it is.
    private func checkEnd(of recording: Snippet, heardBy bundle: any SoundModel) throws {
        let silence = recording.tail.silentEnd
        let heard = min(
            continuation.promptSeconds ?? .infinity, bundle.promptSeconds, recording.tail.seconds)
        guard heard - silence >= (silence >= Self.longestPause ? 1 : Self.leastHeard) else {
            throw AudioFileError.endsSilent(path: recording.url.relativePath, seconds: silence)
        }
        guard silence >= Self.longestPause else { return }
        warn(
            "\(recording.url.relativePath) ends with \(String(format: "%.1f", silence)) s of silence, which goes on; "
                + "cut it off if that is not meant")
    }

    /// Throws where a bundle that was named cannot do what was asked for.
    func requireCandidates(of chosen: ChosenModel) throws {
        guard !asksTooMuch(of: chosen) || chosen.heard != nil else {
            throw ValidationError(
                "the bundle \(chosen.bundle.name) does not choose among candidates; leave --candidates out")
        }
    }

    /// Whether the snippet chose a bundle that cannot do what was asked for.
    private func ignoresCandidates(_ chosen: ChosenModel) -> Bool {
        asksTooMuch(of: chosen) && chosen.heard != nil
    }

    /// Whether a bundle is to choose among candidates and cannot.
    private func asksTooMuch(of chosen: ChosenModel) -> Bool {
        continuation.candidates ?? 1 > 1 && !chosen.bundle.choosesAmongCandidates
    }

    private func warn(_ text: String) {
        if !output.quiet { Terminal.error("Warning: \(text)") }
    }

    /// Writes variations while telling how far they are; throws `CancellationError` when interrupted.
    private func write(
        _ events: AsyncThrowingStream<VariationsEvent, any Error>, to writers: [JoinedFileWriter],
        label: String
    ) async throws -> [ContinuationSummary] {
        var bar = ProgressBar(label: label, isShown: Terminal.isWatched && !output.quiet)
        defer { bar.clear() }
        for try await event in events {
            switch event {
            case .progress(let progress): bar.show(progress)
            case .audio(let variation, let chunk): try writers[variation].append(chunk)
            case .finished(let summaries):
                for writer in writers { try writer.finish() }
                return summaries
            }
        }
        throw CancellationError()
    }

    /// Tells of one finished continuation.
    func tell(_ report: ContinuationReport) throws {
        if output.json {
            try Terminal.json(report)
        } else if !output.quiet {
            try Terminal.output(report.line)
        }
    }
}
