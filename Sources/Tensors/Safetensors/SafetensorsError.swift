/// Why a safetensors file cannot be used. Each description says what was expected, what was found and what to do.
package enum SafetensorsError: Error, Equatable, CustomStringConvertible {
    /// The file cannot be opened or read; the reason is the system's.
    case unreadable(path: String, reason: String)
    /// The header breaks the format, at a byte of the file.
    case malformedHeader(path: String, offset: Int, reason: String)
    /// One tensor's description contradicts the format or the size of the file.
    case invalidTensor(path: String, name: String, reason: String)
    /// The file has no tensor of this name.
    case missing(path: String, name: String)
    /// The tensor's elements are of another type than asked for.
    case unsupportedType(path: String, name: String, found: SafetensorsType, expected: String)

    package var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "cannot read \(path): \(reason); check the path and its permissions"
        case .malformedHeader(let path, let offset, let reason):
            "\(path) is not a valid safetensors file: \(reason) at byte \(offset); download or export it again"
        case .invalidTensor(let path, let name, let reason):
            "tensor \"\(name)\" in \(path) is invalid: \(reason); download or export the file again"
        case .missing(let path, let name):
            "\(path) has no tensor \"\(name)\"; the file belongs to another model or version"
        case .unsupportedType(let path, let name, let found, let expected):
            "tensor \"\(name)\" in \(path) is \(found.rawValue), expected \(expected); export it again"
        }
    }
}
