import AudioFiles
import Foundation

/// Bytes into a file, which appears whole or not at all, or to standard output.
struct ByteSink: ~Copyable {
    private var file: UnfinishedFile?
    private let descriptor: Int32
    private let name: String
    private var isOpen = true
    /// Bytes written so far.
    private(set) var count = 0

    init(_ endpoint: Endpoint) throws {
        switch endpoint {
        case .stream:
            descriptor = STDOUT_FILENO
            file = nil
        case .file(let url):
            let file = try UnfinishedFile(for: url)
            descriptor = file.descriptor
            self.file = consume file
        }
        name = endpoint.name("standard output")
    }

    deinit {
        if isOpen, descriptor != STDOUT_FILENO { close(descriptor) }
    }

    mutating func write(_ bytes: [UInt8]) throws {
        guard bytes.withUnsafeBytes({ writeAll($0, to: descriptor) }) else { throw failure() }
        count += bytes.count
    }

    /// Puts a file in place.
    mutating func finish() throws {
        guard descriptor != STDOUT_FILENO else { return }
        isOpen = false
        guard close(descriptor) == 0 else { throw failure() }
        try file?.finish()
    }

    private func failure() -> any Error {
        let reason = String(cString: strerror(errno))
        return descriptor == STDOUT_FILENO
            ? StreamError.unwritable(reason: reason)
            : AudioFileError.unwritable(path: name, reason: reason)
    }
}
