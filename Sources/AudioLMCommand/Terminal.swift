import Foundation

/// The two output streams.
enum Terminal {
    /// Whether a person watches stderr.
    static var isWatched: Bool { isatty(STDERR_FILENO) == 1 }

    static func output(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }

    static func error(_ text: String, newline: Bool = true) {
        FileHandle.standardError.write(Data((text + (newline ? "\n" : "")).utf8))
    }

    /// Prints `value` as one JSON object on one line.
    static func json(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        output(String(decoding: try encoder.encode(value), as: UTF8.self))
    }
}
