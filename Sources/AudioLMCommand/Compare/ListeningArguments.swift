import ArgumentParser
import Comparison
import Foundation

/// A listening test, and what came of it.
struct ListeningArguments: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Also write blind.html, a listening test of this many pairs, which saves its answers as a JSON file.",
            valueName: "count"))
    var blind: Int?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Answers to the report's listening test; preference rates are added to the report.",
            valueName: "file"))
    var answers: [String] = []

    func validate() throws {
        if let blind, !(1...200).contains(blind) {
            throw ValidationError("--blind must be 1 to 200, found \(blind)")
        }
    }

    /// Nil without answers.
    func result(in folder: URL, systems: [String]) throws -> ListeningResult? {
        guard !answers.isEmpty else { return nil }
        return try ListeningResult(
            answers.map { try ListeningAnswers(contentsOf: URL(fileURLWithPath: $0)) },
            to: BlindTest.read(in: folder), systems: systems)
    }
}
