import ArgumentParser
import AudioLM
import Comparison
import Foundation

/// `audiolm compare`: continuations of the same prompts by several systems, measured, tested and laid out to be heard.
struct CompareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compare continuations of the same prompts by several systems.",
        discussion: """
            Each system is a folder of sound files named after the prompts (NAME.wav, or NAME.1.wav, NAME.2.wav for \
            variations), made by any tool, with the prompt at their beginning or without. Writes report.json, report.csv \
            and index.html, which opens from disk in any browser.

            Built-in systems: truth and other (the recording's own continuation and another's, from --reference), \
            codec (the codec's round trip of the truth) and acoustic (the prompt continued without semantic tokens), both \
            with --model, and loop (the prompt again and again).

            With --model, a bundle hears the continuations too: token likelihood, what its detector calls synthetic, and \
            the distances to the real continuations on its own encoder's activations.

              audiolm compare prompts --systems ours=out,musicgen=mg,truth,loop --reference real -o report
            """)

    @Argument(help: ArgumentHelp("The folder of prompts.", valueName: "prompts"), transform: fileName)
    var prompts: String

    @Option(
        help: ArgumentHelp(
            "Systems as NAME=FOLDER or built-in ones, separated by commas.", valueName: "a=folder,b=folder,…")
    )
    var systems: SystemList

    @Option(
        help: ArgumentHelp(
            "Folder of the recordings' own continuations, the 1 of the consistency scale.",
            valueName: "folder"), transform: fileName)
    var reference: String?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Folder for the report (default: report).", valueName: "folder"),
        transform: fileName)
    var output = "report"

    @Option(
        help: ArgumentHelp(
            "Model bundle that hears and codes, by name or folder; without it, nothing needs a model.",
            valueName: "name or folder"), transform: fileName)
    var model: String?

    @Option(
        help: ArgumentHelp(
            "Folder of the semantic tokens that the bundle was trained on (.npy); continuations are looked up in them.",
            valueName: "folder"), transform: fileName)
    var trainingTokens: String?

    @OptionGroup(title: "Measuring") var measuring: MeasuringArguments
    @OptionGroup(title: "Listening") var listening: ListeningArguments

    func validate() throws {
        if trainingTokens != nil, model == nil {
            throw ValidationError("--training-tokens needs the bundle that they are of; name it with --model")
        }
        if measuring.shard != nil, listening.blind != nil || !listening.answers.isEmpty {
            throw ValidationError(
                "--shard measures alone; give --blind and --answers to the run without it")
        }
    }

    func run() async throws {
        let plan = try plan()
        let test = try listening.blind.map { try BlindTest(plan, count: $0) }
        let folder = URL(fileURLWithPath: output)
        let cache = try AnalysisCache(folder.appending(path: "cache"))
        let places =
            measuring.shard.map { plan.shard($0.number, of: $0.count) } ?? Array(plan.prompts.indices)
        try await measure(places, of: plan, cache: cache)
        if let shard = measuring.shard {
            try say(
                "shard \(shard.number)/\(shard.count): \(places.count) prompts measured into \(output)/cache")
            return
        }
        var report = try ReportBuilder(plan, cache: cache).report()
        report.listening = try listening.result(in: folder, systems: plan.systems.map(\.name))
        let page = try ReportFiles(report, plan: plan, listen: measuring.listen).write(to: folder)
        try say("\(page.relativePath): \(plan.prompts.count) prompts, \(plan.systems.count) systems")
        if let test {
            let page = try BlindTestPage(test, plan: plan).write(to: folder)
            try say(
                "\(page.relativePath): a listening test of \(test.trials.count) trials; its key is \(BlindTest.fileName)"
            )
        }
    }

    func plan() throws -> ComparisonPlan {
        let prompts = try Prompt.all(in: URL(fileURLWithPath: prompts))
        let truth = try reference.map {
            try ComparedSystem(
                name: "truth", folder: URL(fileURLWithPath: $0), prompts: prompts, partial: measuring.partial)
        }
        return try ComparisonPlan(
            prompts: prompts,
            systems: systems.systems(prompts: prompts, truth: truth, partial: measuring.partial),
            truth: truth, seconds: measuring.seconds, seed: measuring.seed, model: model.map(listener),
            training: trainingTokens.map { try TokenIndex(contentsOf: URL(fileURLWithPath: $0)) })
    }

    private func listener(_ name: String) throws -> any ComparisonModel {
        let folder = try BundleLocator().folder(of: name)
        return try BundleListener(
            AudioLMBundle(contentsOf: folder, threads: measuring.threads), folder: folder)
    }

    private func measure(_ places: [Int], of plan: ComparisonPlan, cache: AnalysisCache) async throws {
        let progress = CountProgress(isShown: !measuring.quiet)
        let threads = measuring.threads ?? ProcessInfo.processInfo.activeProcessorCount
        defer { progress.clear() }
        try await AnalysisRun(plan, cache: cache).run(places, threads: threads) {
            progress.show($0.done, of: $0.total)
        }
    }

    private func say(_ line: String) throws {
        if !measuring.quiet { try Terminal.output(line) }
    }
}
