import Foundation

/// Writes a file so that it appears whole or not at all.
func writeWhole(_ data: Data, to url: URL) throws {
    do {
        try data.write(to: url, options: .atomic)
    } catch {
        throw ComparisonError("cannot write \(url.relativePath); choose another place with -o")
    }
}
