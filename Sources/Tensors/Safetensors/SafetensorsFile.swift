/// A safetensors file, mapped into memory and checked as a whole when it is opened.
///
/// The file is untrusted: sizes are bounded, offsets checked, and tensors must cover the data exactly once.
/// Elements are copied out or read one by one, so their alignment in the file does not matter.
package struct SafetensorsFile: Sendable {
    package let path: String
    /// Type, shape and place of each tensor by name.
    package let entries: [String: SafetensorsEntry]
    /// The file's free-form `__metadata__`.
    package let metadata: [String: String]
    private let file: MappedFile
    private let dataStart: Int

    /// Headers longer than this are refused: some hundred thousand tensors.
    private static let maximumHeaderSize = 32 << 20

    /// Opens and checks a file.
    package init(path: String) throws(SafetensorsError) {
        let file: MappedFile
        do { file = try MappedFile(path: path) } catch { throw .unreadable(path: path, reason: error.reason) }
        guard file.bytes.count >= 8 else {
            throw .malformedHeader(path: path, offset: 0, reason: "\(file.bytes.count) bytes are too few")
        }
        let length = UInt64(littleEndian: file.bytes.loadUnaligned(as: UInt64.self))
        let limit = min(Self.maximumHeaderSize, file.bytes.count - 8)
        guard length <= UInt64(limit) else {
            throw .malformedHeader(
                path: path, offset: 0, reason: "header of \(length) bytes, at most \(limit) possible")
        }
        let dataStart = 8 + Int(length)
        do throws(SafetensorsHeader.Failure) {
            let header = try SafetensorsHeader(
                Array(file.bytes[8..<dataStart]), dataSize: file.bytes.count - dataStart)
            entries = header.entries
            metadata = header.metadata
        } catch {
            switch error {
            case .syntax(let failure):
                throw .malformedHeader(path: path, offset: 8 + failure.offset, reason: failure.reason)
            case .tensor(let name, let reason):
                throw .invalidTensor(path: path, name: name, reason: reason)
            }
        }
        self.path = path
        self.file = file
        self.dataStart = dataStart
    }

    /// The description of a tensor.
    package func entry(_ name: String) throws(SafetensorsError) -> SafetensorsEntry {
        guard let entry = entries[name] else { throw .missing(path: path, name: name) }
        return entry
    }

    /// A tensor's bytes where the file has them, possibly misaligned.
    package func bytes(_ name: String) throws(SafetensorsError) -> MappedBytes {
        let range = try entry(name).bytes
        return MappedBytes(
            file: file, range: dataStart + range.lowerBound..<dataStart + range.upperBound)
    }

    /// Calls `body` with a tensor's bytes, possibly misaligned.
    package func withBytes<R>(_ name: String, _ body: (UnsafeRawBufferPointer) -> R) throws(SafetensorsError)
        -> R
    {
        let range = try entry(name).bytes
        defer { withExtendedLifetime(file) {} }
        return body(
            UnsafeRawBufferPointer(
                rebasing: file.bytes[(dataStart + range.lowerBound)..<(dataStart + range.upperBound)]))
    }
}
