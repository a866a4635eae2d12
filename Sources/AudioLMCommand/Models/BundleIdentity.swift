import Comparison
import Foundation

/// What tells the results of a bundle from those of another, or of the same after it has changed.
enum BundleIdentity {
    /// Another number wherever equal weights come to compute something else.
    private static let engine = 3

    private struct Configuration: Decodable {
        let codec: String
    }

    /// What the bundle's checksums say, its codec's included, its configuration, and what computes; its card does not
    /// count. Weights without checksums are known by their sizes and dates.
    static func text(of folder: URL) -> String {
        let configuration = folder.appending(path: "config.json")
        let codec = (try? JSONDecoder().decode(Configuration.self, from: Data(contentsOf: configuration)))
            .map { folder.appending(path: $0.codec) }
        let folders = [folder] + (codec.map { [$0] } ?? [])
        let files = [configuration] + folders.map { $0.appending(path: "SHA256SUMS") }
        let lines = files.compactMap { try? String(contentsOf: $0, encoding: .utf8) }
            .flatMap { $0.split(whereSeparator: \.isNewline) }.filter { !$0.hasSuffix("README.md") }
        let dated = folders.filter { !FileManager.default.fileExists(atPath: $0.path + "/SHA256SUMS") }
            .flatMap(datedWeights)
        return (lines.map(String.init) + dated + ["engine \(engine)"]).joined(separator: "\n")
    }

    /// The same of several bundles, in sixteen digits.
    static func digest(of folders: [URL]) -> String {
        var hash = ContentHash()
        for folder in folders { hash.update(text(of: folder).utf8) }
        return String(hash.hexadecimal().prefix(16))
    }

    private static func datedWeights(in folder: URL) -> [String] {
        let keys: Set<URLResourceKey> = [.fileSizeKey, .contentModificationDateKey]
        let files = try? FileManager.default.contentsOfDirectory(
            at: folder, includingPropertiesForKeys: Array(keys))
        return (files ?? []).filter { $0.pathExtension == "safetensors" }.map { file in
            let values = try? file.resourceValues(forKeys: keys)
            let date = values?.contentModificationDate ?? .distantPast
            return "\(file.lastPathComponent) \(values?.fileSize ?? 0) \(date)"
        }.sorted()
    }
}
