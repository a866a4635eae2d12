public import ArgumentParser
import Dispatch
import Foundation
import Tensors

/// Runs a command line: errors are one line on stderr, interruption exits with 130.
public enum Tool {
    public static func main(_ root: any AsyncParsableCommand.Type) -> Never {
        // Before anything asynchronous begins, which opens files of its own.
        occupyStandardDescriptors()
        // Who writes learns of a pipe that nobody reads, and leaves nothing half-written.
        signal(SIGPIPE, SIG_IGN)
        Task {
            await run(root)
            exit(0)
        }
        dispatchMain()
    }

    private static func run(_ root: any AsyncParsableCommand.Type) async {
        do {
            try KernelInformation.requireWanted()
            let command = try root.parseAsRoot()
            let work = Task {
                if var command = command as? any AsyncParsableCommand {
                    try await command.run()
                } else {
                    var command = command
                    try command.run()
                }
            }
            let interruption = Interruption { work.cancel() }
            defer { interruption.end() }
            try await work.value
        } catch is CancellationError {
            leave(Interruption.exitCode)
        } catch {
            let code = root.exitCode(for: error)
            // Help and version are errors to the parser, and so is an exit code alone.
            if code == .success || error is ExitCode { root.exit(withError: error) }
            let advice = code == .validationFailure ? "; see --help" : ""
            Terminal.error("Error: " + oneLine(root.message(for: error)) + advice)
            leave(code.rawValue)
        }
    }

    /// At once: exit handlers must not run under threads that still compute.
    private static func leave(_ code: Int32) -> Never { _exit(code) }

    /// The next files that are opened would take the places of standard streams that the caller closed, and be read or
    /// written as such. In their places stand what can be neither.
    private static func occupyStandardDescriptors() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }

    /// `message` without line breaks.
    static func oneLine(_ message: String) -> String {
        message.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
