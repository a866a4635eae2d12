import Foundation

/// Tells codecs apart, whose codes mean nothing to one another: the CRC-32 of the file of their weights.
public struct CodecIdentity: Sendable, Equatable, CustomStringConvertible {
    let value: UInt32

    public var description: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    init(value: UInt32) { self.value = value }

    /// Of the codec in `folder`; throws `BundleError`.
    init(of folder: URL) throws {
        let file = folder.appending(path: "codec.safetensors")
        guard let weights = try? Data(contentsOf: file, options: .alwaysMapped) else {
            throw BundleError.missing(path: file.relativePath)
        }
        var sum = CRC32()
        weights.withUnsafeBytes { sum.update($0) }
        value = sum.value
    }
}
