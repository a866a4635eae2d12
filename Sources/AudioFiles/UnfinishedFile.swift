public import Foundation
import Synchronization

/// A file in the making: hidden in its folder until `finish()` gives it its name, and removed where that never comes.
public struct UnfinishedFile: ~Copyable {
    /// Open for writing and reading; whoever makes the file closes it.
    public let descriptor: Int32
    private let destination: URL
    /// How errors call it.
    private let name: String
    private let path: String
    private var isOpen = true

    /// The hidden files of this process.
    private static let all = Mutex<Set<String>>([])

    /// Creates the hidden file. The folder must exist; a file at `url`, or where a link of that name leads, stays until
    /// `finish()` replaces it, with its permissions.
    public init(for url: URL) throws {
        name = url.relativePath
        let url = url.followingLinks
        let path = url.deletingLastPathComponent().path + "/.\(UInt32.random(in: 0 ... .max)).part"
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            throw AudioFileError.unwritable(path: name, reason: String(cString: strerror(errno)))
        }
        var existing = stat()
        if stat(url.path, &existing) == 0 { fchmod(descriptor, existing.st_mode & 0o777) }
        self.descriptor = descriptor
        destination = url
        self.path = path
        Self.all.withLock { _ = $0.insert(path) }
    }

    deinit {
        if isOpen { Self.discard(path) }
    }

    /// Puts the file in place, after its descriptor was closed.
    public mutating func finish() throws {
        guard isOpen else { return }
        isOpen = false
        guard rename(path, destination.path) == 0 else {
            let reason = String(cString: strerror(errno))
            Self.discard(path)
            throw AudioFileError.unwritable(path: name, reason: reason)
        }
        Self.all.withLock { _ = $0.remove(path) }
    }

    /// Removes every unfinished file of the process, which is about to end at once.
    public static func removeAll() {
        for path in all.withLock({ $0 }) { discard(path) }
    }

    private static func discard(_ path: String) {
        unlink(path)
        all.withLock { _ = $0.remove(path) }
    }
}
