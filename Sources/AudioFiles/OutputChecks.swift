public import Foundation

/// Throws where writing to `output` would overwrite one of `inputs`, an existing file (unless `overwrite`), a
/// folder or a device, or where its folder cannot be written to. Nothing is created.
public func checkOutput(_ output: URL, inputs: [URL], overwrite: Bool) throws {
    let path = output.relativePath
    if let existing = identity(of: output) {
        if inputs.contains(where: { identity(of: $0) == existing }) {
            throw AudioFileError.outputIsInput(path: path)
        }
        if existing.isFolder { throw AudioFileError.unwritable(path: path, reason: "it is a folder") }
        // A finished file takes the place of what has its name: of a device it would be the end.
        if !existing.isRegular {
            throw AudioFileError.unwritable(path: path, reason: "it is no regular file")
        }
        if !overwrite { throw AudioFileError.outputExists(path: path) }
    } else if errno == ENAMETOOLONG {
        throw AudioFileError.unwritable(path: path, reason: String(cString: strerror(errno)))
    }
    let folder = output.followingLinks.deletingLastPathComponent()
    guard let place = identity(of: folder) else {
        throw AudioFileError.unwritable(path: path, reason: "its folder does not exist")
    }
    guard place.isFolder else { throw AudioFileError.unwritable(path: path, reason: "its folder is a file") }
    guard access(folder.path, W_OK | X_OK) == 0 else {
        throw AudioFileError.unwritable(path: path, reason: String(cString: strerror(errno)))
    }
}

/// Tells one file from another whatever name or link leads to it.
private struct FileIdentity: Equatable {
    let device: UInt64
    let node: UInt64
    let kind: mode_t

    var isFolder: Bool { kind == S_IFDIR }
    var isRegular: Bool { kind == S_IFREG }
}

extension URL {
    /// Where a file of this name comes to lie: where links lead, be there a file or not.
    var followingLinks: URL {
        var url = self
        // As many as the kernel follows.
        for _ in 0..<40 {
            guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: url.path) else {
                break
            }
            let folder = url.deletingLastPathComponent().resolvingSymlinksInPath()
            url = target.hasPrefix("/") ? URL(fileURLWithPath: target) : folder.appending(path: target)
        }
        return url
    }
}

private func identity(of url: URL) -> FileIdentity? {
    var status = stat()
    guard stat(url.path, &status) == 0 else { return nil }
    return FileIdentity(
        device: UInt64(status.st_dev), node: UInt64(status.st_ino),
        kind: status.st_mode & S_IFMT)
}
