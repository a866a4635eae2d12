/// Why a bundle cannot be loaded. Its description is one line that says what to do.
public enum BundleError: Error, Equatable, CustomStringConvertible {
    /// A file or folder does not exist or cannot be read.
    case missing(path: String)
    /// config.json is of another kind of folder, as the codec's where a bundle's is needed.
    case otherKind(path: String, found: String, expected: String)
    /// config.json is not what this version understands.
    case configuration(path: String, reason: String)
    /// The weights of a part are damaged or do not fit its configuration.
    case weights(path: String, reason: String)

    public var description: String {
        switch self {
        case .missing(let path):
            "\(path) is missing or cannot be read; a bundle is a folder such as Models/piano, with its codec beside it"
        case .otherKind(let path, let found, let expected):
            "\(path): model_type “\(found)”, expected “\(expected)”; name another bundle with --model, or another codec in the bundle's config.json"
        case .configuration(let path, let reason):
            "\(path): \(reason); fetch the bundle again, or export it with this version"
        case .weights(let path, let reason):
            "\(path): \(reason)"
        }
    }
}
