import Foundation
import TestSupport
import Testing

/// One of the built tools, which lie beside the test bundle, running in a folder.
struct ToolProcess {
    struct Outcome {
        let code: Int32
        let data: Data
        var output: String { String(decoding: data, as: UTF8.self) }
        /// Lines on stderr.
        let errors: [Substring]
    }

    let process = Process()
    private let output = Pipe()
    private let errors = Pipe()
    private let input = Pipe()

    /// Starts the tool; `input` comes through a pipe, whose end comes with it unless `keepsInputOpen`.
    init(
        _ tool: String, _ arguments: [String], in folder: URL, input data: Data? = nil,
        keepsInputOpen: Bool = false
    ) throws {
        let binaries = try #require(Bundle.main.executableURL?.deletingLastPathComponent())
        process.executableURL = binaries.appendingPathComponent(tool)
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.standardOutput = output
        process.standardError = errors
        guard let data else {
            try process.run()
            return
        }
        // A tool that refuses its input does not read all of it.
        signal(SIGPIPE, SIG_IGN)
        process.standardInput = input
        let end = input.fileHandleForWriting
        // The end is only seen once no process holds the pipe open, the tool itself neither.
        _ = fcntl(end.fileDescriptor, F_SETFD, FD_CLOEXEC)
        try process.run()
        DispatchQueue.global().async {
            try? end.write(contentsOf: data)
            if !keepsInputOpen { try? end.close() }
        }
    }

    /// Waits until it has begun a file in `folder`, or has ended.
    func awaitPart(in folder: TemporaryFolder) throws {
        while process.isRunning, try !folder.contents.contains(where: { $0.hasSuffix(".part") }) {
            usleep(10_000)
        }
    }

    /// Waits for its end.
    func outcome() -> Outcome {
        let outputData = output.fileHandleForReading.readDataToEndOfFile()
        let errorData = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Outcome(
            code: process.terminationStatus, data: outputData,
            errors: String(decoding: errorData, as: UTF8.self).split(separator: "\n"))
    }
}
