import Foundation
import Testing

/// One of the built tools, which lie beside the test bundle, running in a folder.
struct ToolProcess {
    struct Outcome {
        let code: Int32
        let output: String
        /// Lines on stderr.
        let errors: [Substring]
    }

    let process = Process()
    private let output = Pipe()
    private let errors = Pipe()

    /// Starts the tool.
    init(_ tool: String, _ arguments: [String], in folder: URL) throws {
        let binaries = try #require(Bundle.main.executableURL?.deletingLastPathComponent())
        process.executableURL = binaries.appendingPathComponent(tool)
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.standardOutput = output
        process.standardError = errors
        try process.run()
    }

    /// Waits for its end.
    func outcome() -> Outcome {
        let outputData = output.fileHandleForReading.readDataToEndOfFile()
        let errorData = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Outcome(
            code: process.terminationStatus, output: String(decoding: outputData, as: UTF8.self),
            errors: String(decoding: errorData, as: UTF8.self).split(separator: "\n"))
    }
}
