import ArgumentParser
import AudioLM

/// `audiolm verify`: a bundle's networks against the results that were exported with them.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check on this machine that a bundle computes what it computed when it was trained.",
        discussion: "Exits with 1 where a part differs.")

    @OptionGroup(title: "Models") var model: ModelOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() async throws {
        let bundle = try model.load()
        let results = try bundle.verify()
        let passed = results.allSatisfy(\.passed)
        if json {
            try Terminal.json(Report(bundle: bundle.name, passed: passed, results: results))
        } else {
            for result in results {
                try Terminal.output("\(result.passed ? "ok    " : "FAILED") \(result.part): \(result.detail)")
            }
        }
        if !passed { throw ExitCode.failure }
    }

    private struct Report: Encodable {
        let bundle: String
        let passed: Bool
        let results: [VerificationResult]
    }
}
