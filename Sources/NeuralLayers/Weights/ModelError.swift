/// Why weights do not make the model that its configuration describes.
package enum ModelError: Error, Equatable, CustomStringConvertible {
    /// The file has no tensor at this path.
    case missing(path: String)
    /// A tensor has another shape than the configuration asks for.
    case shape(path: String, expected: [Int], found: [Int])
    /// A tensor has elements of a type that cannot stand here.
    case type(path: String, expected: String, found: String)
    /// A matrix of bytes has more inputs than can be summed up.
    case wide(path: String, most: Int, found: Int)
    /// A tensor holds NaN or infinity.
    case notFinite(path: String)
    /// A tensor holds a number that cannot stand there.
    case range(path: String, found: Float)
    /// The file has tensors that the model does not use.
    case unused(paths: [String])

    package var description: String {
        switch self {
        case .missing(let path):
            "the weights have no tensor \"\(path)\"; they belong to another model or version"
        case .shape(let path, let expected, let found):
            "tensor \"\(path)\" has shape \(found), expected \(expected); config.json and weights do not match"
        case .type(let path, let expected, let found):
            "tensor \"\(path)\" is \(found), expected \(expected); export the weights again"
        case .wide(let path, let most, let found):
            "tensor \"\(path)\" of bytes has \(found) inputs, expected at most \(most); export it as F32 or BF16"
        case .range(let path, let found):
            "tensor \"\(path)\" holds \(found), which cannot stand there; export the weights again"
        case .notFinite(let path):
            "tensor \"\(path)\" holds NaN or infinity; the file is damaged or the training diverged"
        case .unused(let paths):
            "the weights have tensors that the model does not know: \(paths.prefix(5).joined(separator: ", "))"
                + (paths.count > 5 ? " and \(paths.count - 5) more" : "")
                + "; config.json and weights do not match"
        }
    }
}
