import CSndFile
import Foundation

/// A file that libsndfile writes, and what went wrong with it: the encoders of MP3 and Opus, and the last pages of FLAC
/// and Ogg, do not tell libsndfile's caller that a write failed.
final class WrittenBytes {
    private var descriptor: Int32
    /// Why bytes are missing, once some are.
    private(set) var fault: String?

    /// - Parameter descriptor: open for writing and reading; closed with `close()`, at the latest at the end.
    init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit { _ = close() }

    /// A writer of sound, which must be closed before the file is; nil as of `sf_open`.
    func open(_ info: inout SF_INFO) -> OpaquePointer? {
        var calls = SF_VIRTUAL_IO(
            get_filelen: { WrittenBytes.of($0).length },
            seek: { sf_count_t(lseek(WrittenBytes.of($2).descriptor, off_t($0), $1)) },
            read: { sf_count_t(Foundation.read(WrittenBytes.of($2).descriptor, $0, Int($1))) },
            write: { WrittenBytes.of($2).write($0, Int($1)) },
            tell: { sf_count_t(lseek(WrittenBytes.of($0).descriptor, 0, SEEK_CUR)) })
        return sf_open_virtual(&calls, Int32(SFM_WRITE), &info, Unmanaged.passUnretained(self).toOpaque())
    }

    /// Whether all that was written is in the file.
    func close() -> Bool {
        guard descriptor >= 0 else { return fault == nil }
        if Foundation.close(descriptor) != 0 { note() }
        descriptor = -1
        return fault == nil
    }

    private var length: sf_count_t {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? sf_count_t(status.st_size) : 0
    }

    private func write(_ bytes: UnsafeRawPointer?, _ count: Int) -> sf_count_t {
        guard writeAll(UnsafeRawBufferPointer(start: bytes, count: count), to: descriptor) else {
            note()
            return 0
        }
        return sf_count_t(count)
    }

    private func note() {
        if fault == nil { fault = String(cString: strerror(errno)) }
    }

    private static func of(_ pointer: UnsafeMutableRawPointer?) -> WrittenBytes {
        Unmanaged.fromOpaque(pointer!).takeUnretainedValue()
    }
}
