import AudioFiles
package import Foundation

/// The sound files of a folder, hidden files and sub-folders left out.
package struct SoundFolder: Sendable {
    /// In the order of their names.
    package let files: [URL]

    /// Extensions of files that are read, and never written.
    private static let readAlone: Set = ["au", "snd", "caf", "w64", "rf64"]

    /// Throws `ComparisonError` where there is no such folder.
    package init(_ folder: URL) throws {
        let path = folder.relativePath
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder) else {
            throw ComparisonError("no such folder: \(path); check the name")
        }
        guard isFolder.boolValue else {
            throw ComparisonError("\(path) is a file; give a folder of sound files")
        }
        do {
            files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
                .filter { !$0.hasPrefix(".") }.sorted().map { folder.appending(path: $0) }
                .filter {
                    Self.readAlone.contains($0.pathExtension.lowercased())
                        || (try? AudioContainer(extensionOf: $0)) != nil
                }
        } catch {
            throw ComparisonError("cannot read the folder \(path); check its permissions")
        }
    }
}
