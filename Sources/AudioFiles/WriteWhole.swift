package import Foundation

/// Writes a file so that it appears whole or not at all; throws `AudioFileError`.
package func writeWhole(_ data: Data, to url: URL) throws {
    var file = try UnfinishedFile(for: url)
    let isWritten = data.withUnsafeBytes { writeAll($0, to: file.descriptor) }
    guard close(file.descriptor) == 0, isWritten else {
        throw AudioFileError.unwritable(path: url.relativePath, reason: String(cString: strerror(errno)))
    }
    try file.finish()
}
