/// Why coded sound cannot be made or decoded. Each description is one line that says what to do.
public enum CodedSoundError: Error, Equatable, CustomStringConvertible {
    /// The beginning is not that of coded sound.
    case notCodedSound(name: String, found: String)
    case version(name: String, found: Int)
    /// A checksum does not fit its bytes; `second` tells where, nil the header.
    case damaged(name: String, second: Double?)
    /// The file ends before its end block.
    case truncated(name: String, second: Double)
    /// Bytes follow the end block.
    case trailing(name: String)
    /// The checksums fit, the contents do not.
    case inconsistent(name: String, reason: String)
    case otherCodec(name: String, made: CodecIdentity, loaded: CodecIdentity)
    case sampleRate(found: Int)
    case levels(found: Int, most: Int)

    public var description: String {
        switch self {
        case .notCodedSound(let name, let found):
            "\(name) is no coded sound: it begins with \(found); make it with `audiolm encode`"
        case .version(let name, let found):
            "\(name) is of format version \(found), expected \(CodedSoundHeader.version); "
                + "decode it with the audiolm that made it, or check that it was copied whole"
        case .damaged(let name, let second):
            "\(name) is damaged \(second.map { "at \(Self.tenths($0)) s" } ?? "in its header"): "
                + "the checksum does not fit; copy or encode it again"
        case .truncated(let name, let second):
            "\(name) is truncated: it ends after \(Self.tenths(second)) s without an end; copy or encode it again"
        case .trailing(let name):
            "\(name) goes on after its end; copy or encode it again"
        case .inconsistent(let name, let reason):
            "\(name) contradicts itself: \(reason); encode it again"
        case .otherCodec(let name, let made, let loaded):
            "\(name) was made with codec \(made), this is codec \(loaded); "
                + "decode it with the bundle that made it, by --model"
        case .levels(let found, let most):
            "\(found) levels of a codec of \(most); ask for 1 to \(most)"
        case .sampleRate(let found):
            "a sample rate of \(found) Hz cannot be coded; give sound of 1000 to 768000 Hz"
        }
    }

    private static func tenths(_ seconds: Double) -> String { "\((seconds * 10).rounded(.down) / 10)" }
}
