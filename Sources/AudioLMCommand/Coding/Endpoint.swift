import AudioFiles
import Foundation

/// Where a verb reads from or writes to: a file, or standard input or output, which are called `-`.
enum Endpoint: Equatable {
    case stream
    case file(URL)

    init(_ name: String) { self = name == "-" ? .stream : .file(URL(fileURLWithPath: name)) }

    /// How reports call it.
    func name(_ stream: String) -> String {
        switch self {
        case .stream: stream
        case .file(let url): url.relativePath
        }
    }

    /// The name asked for by `output`, else `named`, beside `input` where that is a file and a stream where it is not.
    static func output(_ output: String?, of input: Endpoint, extensions: String...) -> Endpoint {
        if let output { return Endpoint(output) }
        guard case .file(let url) = input else { return .stream }
        let stem = URL(fileURLWithPath: url.deletingPathExtension().relativePath)
        return .file(extensions.reduce(stem) { $0.appendingPathExtension($1) })
    }

    /// Throws where this cannot or must not be written: a file that exists or is the input, or a terminal, which
    /// shows no bytes.
    func check(as output: OutputOptions, of input: Endpoint) throws {
        switch (self, input) {
        case (.stream, _):
            guard isatty(STDOUT_FILENO) == 0 else { throw StreamError.terminal }
            guard !output.json else { throw StreamError.report }
        case (.file(let file), .stream): try output.check([file], inputs: [])
        case (.file(let file), .file(let source)): try output.check([file], inputs: [source])
        }
    }
}

/// Why standard output cannot take what is asked for.
enum StreamError: Error, CustomStringConvertible {
    case terminal
    case report
    case unwritable(reason: String)

    var description: String {
        switch self {
        case .terminal: "standard output is a terminal, which shows no sound or codes; name a file with -o"
        case .report: "standard output carries the result, --json needs it too; name a file with -o"
        case .unwritable(let reason): "cannot write to standard output: \(reason)"
        }
    }
}
