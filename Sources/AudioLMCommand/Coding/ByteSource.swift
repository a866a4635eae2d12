import AudioFiles
import Foundation

/// Bytes of a file or of standard input, from the beginning.
final class ByteSource {
    let name: String
    private let descriptor: Int32

    /// Throws `AudioFileError` where there is no such file, or it cannot be read.
    init(_ endpoint: Endpoint) throws {
        name = endpoint.name("standard input")
        guard case .file(let url) = endpoint else {
            descriptor = STDIN_FILENO
            return
        }
        var status = stat()
        guard stat(url.path, &status) == 0 else { throw AudioFileError.missing(path: name) }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw AudioFileError.isFolder(path: name) }
        descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw AudioFileError.unreadable(path: name, reason: String(cString: strerror(errno)))
        }
    }

    deinit {
        if descriptor != STDIN_FILENO { close(descriptor) }
    }

    /// The next `count` bytes, fewer only at the end.
    func read(_ count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = bytes.withUnsafeMutableBytes {
                Foundation.read(descriptor, $0.baseAddress! + filled, count - filled)
            }
            if got == 0 { break }
            if got > 0 {
                filled += got
            } else if errno != EINTR {
                throw AudioFileError.unreadable(path: name, reason: String(cString: strerror(errno)))
            }
        }
        return Array(bytes[..<filled])
    }
}
