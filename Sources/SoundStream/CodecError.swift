/// Why a codec cannot be built or fed.
package enum CodecError: Error, Equatable, CustomStringConvertible {
    /// The configuration is of another kind or from a later version.
    case unknownFormat(found: String)
    /// A number of the configuration is out of its range.
    case configuration(key: String, found: Int, allowed: ClosedRange<Int>)
    /// Window, hop and transform of the spectra do not fit one another.
    case spectra(found: String, expected: String)
    /// Codes with more levels than the codec has, or none.
    case levels(found: Int, allowed: ClosedRange<Int>)
    /// A code that the codebooks do not have.
    case code(found: Int, frame: Int, level: Int, codebookSize: Int)

    package var description: String {
        switch self {
        case .unknownFormat(let found):
            "the codec's configuration is \(found), expected format \(CodecConfiguration.currentFormat), "
                + "model_type \"\(CodecConfiguration.modelType)\"; use a bundle made for this version"
        case .configuration(let key, let found, let allowed):
            "the codec's configuration has \(key) \(found), expected \(allowed.lowerBound) to \(allowed.upperBound); "
                + "restore the bundle's config.json"
        case .spectra(let found, let expected):
            "the codec's configuration has \(found), expected \(expected); restore the bundle's config.json"
        case .levels(let found, let allowed):
            "codes with \(found) levels, expected \(allowed.lowerBound) to \(allowed.upperBound)"
        case .code(let found, let frame, let level, let size):
            "code \(found) in frame \(frame), level \(level); codes are 0 to \(size - 1)"
        }
    }
}
