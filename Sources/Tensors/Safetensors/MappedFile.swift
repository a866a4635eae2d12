internal import Glibc

/// A regular file mapped into memory, read-only.
///
/// `@unchecked Sendable`: the memory is never written.
final class MappedFile: @unchecked Sendable {
    let bytes: UnsafeRawBufferPointer

    /// Why the file could not be mapped, in words.
    struct Failure: Error {
        let reason: String
        static var system: Failure { Failure(reason: String(cString: strerror(errno))) }
    }

    init(path: String) throws(Failure) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system }
        guard status.st_mode & S_IFMT == S_IFREG else { throw Failure(reason: "it is not a regular file") }
        let size = Int(status.st_size)
        guard size > 0 else {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        guard let memory = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0),
            memory != UnsafeMutableRawPointer(bitPattern: -1)
        else { throw .system }
        bytes = UnsafeRawBufferPointer(start: memory, count: size)
    }

    deinit {
        if let memory = bytes.baseAddress {
            munmap(UnsafeMutableRawPointer(mutating: memory), bytes.count)
        }
    }
}

/// Some bytes of a mapped file, which they keep mapped.
package struct MappedBytes: Sendable {
    let file: MappedFile
    let range: Range<Int>

    package var count: Int { range.count }

    package func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        defer { withExtendedLifetime(file) {} }
        return try body(UnsafeRawBufferPointer(rebasing: file.bytes[range]))
    }
}
