import ArgumentParser
import AudioFiles
import Foundation

/// Where the result goes, and what is said about it.
struct OutputOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("File to write; its extension chooses the format.", valueName: "file"),
        transform: fileName)
    var output: String?

    @Flag(help: "Overwrite the output if it exists.")
    var force = false

    @Flag(help: "Say what was done as one JSON object a line on stdout.")
    var json = false

    @Flag(help: "Say nothing unless something goes wrong.")
    var quiet = false

    /// `count` names: the output, or `stem.suffix.extension` beside `input`; numbered from 1 if several.
    func files(for input: URL, suffix: String, extension defaultExtension: String, count: Int = 1) -> [URL] {
        let base =
            output.map { URL(fileURLWithPath: $0) }
            ?? URL(fileURLWithPath: input.deletingPathExtension().relativePath)
            .appendingPathExtension(suffix).appendingPathExtension(defaultExtension)
        guard count > 1 else { return [base] }
        let stem = base.deletingPathExtension().relativePath
        return (1...count).map { number in
            URL(fileURLWithPath: stem).appendingPathExtension("\(number)")
                .appendingPathExtension(base.pathExtension)
        }
    }

    /// Throws where one of `files` cannot or must not be written.
    func check(_ files: [URL], inputs: [URL]) throws {
        for file in files { try checkOutput(file, inputs: inputs, overwrite: force) }
    }
}
