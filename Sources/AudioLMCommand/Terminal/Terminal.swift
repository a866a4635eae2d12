import AudioFiles
import Foundation

/// The two output streams. They may be closed, full, or pipes that nobody reads.
enum Terminal {
    /// Whether a person watches stderr, on a terminal that can erase a line.
    static var isWatched: Bool {
        isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
    }

    /// Throws `StreamError` where standard output takes no more.
    static func output(_ line: String) throws {
        guard write(line + "\n", to: STDOUT_FILENO) else {
            throw StreamError.unwritable(reason: String(cString: strerror(errno)))
        }
    }

    /// What stderr does not take is lost: no work fails for a message.
    static func error(_ text: String, newline: Bool = true) {
        _ = write(text + (newline ? "\n" : ""), to: STDERR_FILENO)
    }

    private static func write(_ text: String, to descriptor: Int32) -> Bool {
        Array(text.utf8).withUnsafeBytes { writeAll($0, to: descriptor) }
    }

    /// Prints `value` as one JSON object on one line.
    static func json(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        try output(String(decoding: try encoder.encode(value), as: UTF8.self))
    }
}
