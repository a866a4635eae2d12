import Foundation

/// Throws unless `url` is a readable, non-empty file that ends where its own header says.
///
/// libsndfile reads cut files without a word; the outermost sizes of RIFF and AIFF files and the last page of an
/// Ogg stream tell. FLAC files tell when they are decoded.
func checkComplete(_ url: URL) throws {
    let path = url.relativePath
    var status = stat()
    guard stat(url.path, &status) == 0 else {
        throw errno == ENOENT || errno == ENOTDIR
            ? AudioFileError.missing(path: path)
            : AudioFileError.unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw AudioFileError.isFolder(path: path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
        throw AudioFileError.isStream(path: path)
    }
    guard status.st_size > 0 else { throw AudioFileError.empty(path: path) }
    let size = Int(status.st_size)
    let file: FileHandle
    do {
        file = try FileHandle(forReadingFrom: url)
    } catch {
        throw AudioFileError.unreadable(path: path, reason: "permission denied")
    }
    defer { try? file.close() }
    let head = [UInt8](try file.read(upToCount: 12) ?? Data())
    guard head.count == 12 else { return }
    // The byte that fills an odd number up is forgotten by some who count it. A file that is cut by one loses a frame.
    if let expected = announcedSize(head), size + 1 < expected {
        throw AudioFileError.truncated(path: path, expected: "\(expected) bytes", found: "\(size)")
    }
    if head[0..<4].elementsEqual("OggS".utf8) {
        try file.seek(toOffset: UInt64(max(0, size - 2 * 65307)))
        let missing = bytesMissingFromLastPage([UInt8](try file.readToEnd() ?? Data()))
        if missing > 0 {
            throw AudioFileError.truncated(path: path, expected: "\(size + missing) bytes", found: "\(size)")
        }
    }
}

/// The file size that a RIFF, RIFX or AIFF header implies; nil for other files and for streamed ones of unknown size.
private func announcedSize(_ head: [UInt8]) -> Int? {
    let kind = String(decoding: head[0..<4], as: UTF8.self)
    let bytes: [UInt8]
    switch kind {
    case "RIFF": bytes = head[4..<8].reversed()
    case "RIFX", "FORM": bytes = Array(head[4..<8])
    default: return nil
    }
    let size = bytes.reduce(0) { $0 << 8 | Int($1) }
    return size == 0 || size >= 0x7FFF_0000 ? nil : size + 8
}

/// How many bytes the last Ogg page in `tail` lacks (RFC 3533, section 6: 27 bytes, a segment table, the segments).
private func bytesMissingFromLastPage(_ tail: [UInt8]) -> Int {
    let magic = Array("OggS".utf8)
    guard tail.count >= 4 else { return 0 }
    for start in stride(from: tail.count - 4, through: 0, by: -1)
    where tail[start..<start + 4].elementsEqual(magic) {
        guard start + 27 <= tail.count else { return start + 27 - tail.count }
        let segments = Int(tail[start + 26])
        guard start + 27 + segments <= tail.count else { return start + 27 + segments - tail.count }
        let body = tail[start + 27..<start + 27 + segments].reduce(0) { $0 + Int($1) }
        return max(0, start + 27 + segments + body - tail.count)
    }
    return 0
}
