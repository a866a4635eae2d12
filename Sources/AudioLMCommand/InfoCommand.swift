import ArgumentParser
import AudioLM

/// `audiolm info`: what a bundle consists of and what it runs on.
struct InfoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Show a bundle's parts and sizes, and the instructions in use.")

    @OptionGroup(title: "Models") var model: ModelOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() async throws {
        let information = try model.load().information
        if json {
            try Terminal.json(information)
        } else {
            for line in Self.lines(information) { try Terminal.output(line) }
        }
    }

    static func lines(_ information: BundleInformation) -> [String] {
        let width = information.parts.map(\.name.count).max() ?? 0
        let total = information.parts.reduce(0) { $0 + $1.bytes }
        return ["bundle \(information.name), format \(information.format), \(information.folder)"]
            + information.parts.map { part in
                "  " + part.name + String(repeating: " ", count: width - part.name.count)
                    + "  \(millions(part.parameters)) M parameters  \(millions(part.bytes)) MB  \(part.file)"
            }
            + [
                "  together \(millions(total)) MB",
                "kernels \(information.instructionSet), \(information.threads) threads",
            ]
    }

    /// `count` in millions, to one tenth.
    private static func millions(_ count: Int) -> String { "\(Double((count + 50_000) / 100_000) / 10)" }
}
