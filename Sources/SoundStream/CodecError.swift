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
    /// The decoder made samples that are no numbers.
    case notFinite

    package var description: String {
        switch self {
        case .unknownFormat(let found):
            "\(found), expected format \(CodecConfiguration.currentFormat), "
                + "model_type \"\(CodecConfiguration.modelType)\""
        case .configuration(let key, let found, let allowed):
            "\(key) is \(found), expected \(allowed.lowerBound) to \(allowed.upperBound)"
        case .spectra(let found, let expected):
            "\(found), expected \(expected)"
        case .levels(let found, let allowed):
            "codes with \(found) levels, expected \(allowed.lowerBound) to \(allowed.upperBound)"
        case .code(let found, let frame, let level, let size):
            "code \(found) in frame \(frame), level \(level); codes are 0 to \(size - 1)"
        case .notFinite:
            "the codec's weights make sound that is no number, as damaged ones do; see `audiolm verify`"
        }
    }
}
