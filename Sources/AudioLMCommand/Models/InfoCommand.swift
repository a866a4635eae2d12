import ArgumentParser
import AudioLM
import Foundation

/// What `audiolm info --json` prints: the bundle's information and, beside it, the digest of its weights that
/// `audiolm continue --json` tells as well.
struct InformationReport: Encodable {
    let information: BundleInformation
    let weights: String

    private enum CodingKeys: CodingKey { case weights }

    init(_ information: BundleInformation) {
        self.information = information
        weights = BundleIdentity.digest(of: [URL(fileURLWithPath: information.folder)])
    }

    func encode(to encoder: any Encoder) throws {
        try information.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(weights, forKey: .weights)
    }
}

/// `audiolm info`: what a bundle consists of and what it runs on.
struct InfoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Show a bundle's parts and sizes, and the instructions in use.")

    @OptionGroup(title: "Models") var model: ModelOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() async throws {
        let report = InformationReport(try model.load().information)
        if json {
            try Terminal.json(report)
        } else {
            for line in Self.lines(report) { try Terminal.output(line) }
        }
    }

    static func lines(_ report: InformationReport) -> [String] {
        let information = report.information
        let width = information.parts.map(\.name.count).max() ?? 0
        let total = information.parts.reduce(0) { $0 + $1.bytes }
        return ["bundle \(information.name), format \(information.format), \(information.folder)"]
            + information.parts.map { part in
                "  " + part.name + String(repeating: " ", count: width - part.name.count)
                    + "  \(millions(part.parameters)) M parameters  \(millions(part.bytes)) MB  \(part.file)"
            }
            + [
                "  together \(millions(total)) MB, weights \(report.weights)",
                "kernels \(information.instructionSet), \(information.threads) threads",
            ]
    }

    /// `count` in millions, to one tenth.
    private static func millions(_ count: Int) -> String { "\(Double((count + 50_000) / 100_000) / 10)" }
}
