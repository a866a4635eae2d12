import CSndFile
import Foundation

/// A file that libsndfile reads or writes by our calls, for what it does not do well by its own.
final class VirtualFile {
    private var descriptor: Int32
    private let hidesEnd: Bool
    /// Why bytes that were to be written are missing, once some are. The encoders of MP3 and Opus, and the last pages
    /// of FLAC and Ogg, do not tell libsndfile's caller.
    private(set) var fault: String?

    /// - Parameters:
    ///   - descriptor: of the open file; closed with `close()`, at the latest at the end.
    ///   - hidesEnd: whether places counted from the end cannot be sought.
    init(_ descriptor: Int32, hidesEnd: Bool = false) {
        self.descriptor = descriptor
        self.hidesEnd = hidesEnd
    }

    deinit { _ = close() }

    /// As `sf_open`; what comes back must be closed before the file is.
    func open(_ mode: Int, _ info: inout SF_INFO) -> OpaquePointer? {
        var calls = SF_VIRTUAL_IO(
            get_filelen: { VirtualFile.of($0).length },
            seek: { VirtualFile.of($2).seek($0, from: $1) },
            read: { sf_count_t(Foundation.read(VirtualFile.of($2).descriptor, $0, Int($1))) },
            write: { VirtualFile.of($2).write($0, Int($1)) },
            tell: { VirtualFile.of($0).seek(0, from: SEEK_CUR) })
        return sf_open_virtual(&calls, Int32(mode), &info, Unmanaged.passUnretained(self).toOpaque())
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

    private func seek(_ offset: sf_count_t, from whence: Int32) -> sf_count_t {
        hidesEnd && whence == SEEK_END ? -1 : sf_count_t(lseek(descriptor, off_t(offset), whence))
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

    private static func of(_ pointer: UnsafeMutableRawPointer?) -> VirtualFile {
        Unmanaged.fromOpaque(pointer!).takeUnretainedValue()
    }
}
