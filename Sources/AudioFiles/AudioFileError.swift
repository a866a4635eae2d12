/// What can be wrong with a sound file; each description is one line that says what to do.
public enum AudioFileError: Error, Equatable, CustomStringConvertible {
    /// There is no such file, a folder of that name, a pipe or device, or a file that may not be read.
    case missing(path: String)
    case isFolder(path: String)
    case isStream(path: String)
    case unreadable(path: String, reason: String)
    /// No frame of sound.
    case empty(path: String)
    /// Nothing that libsndfile can read, or can read from a pipe.
    case notSound(path: String, reason: String)
    case notSoundInPipe(path: String, reason: String)
    /// Less than the header announces.
    case truncated(path: String, expected: String, found: String)
    /// Seconds of sound, and how many are needed.
    case tooShort(path: String, seconds: Double, minimum: Double)
    /// Samples a second of no sound.
    case rate(path: String, found: Int)
    /// Silent from beginning to end, or for all that would be heard of it, in seconds.
    case silent(path: String)
    case endsSilent(path: String, seconds: Double)
    /// A sample that is no number, or beyond all scales, and where.
    case notFinite(path: String, second: Double)
    case outOfScale(path: String, second: Double)
    /// An output whose name does not tell a format.
    case unknownExtension(path: String)
    /// An output that would overwrite the input, or anything without leave.
    case outputIsInput(path: String)
    case outputExists(path: String)
    /// The place does not take the file.
    case unwritable(path: String, reason: String)
    /// More sound than a format holds that tells lengths in 32 bits.
    case tooLong(path: String)
    /// The format cannot hold the sound.
    case unsupported(path: String, reason: String)
    /// From one sample rate to another that is too far from it.
    case resampling(reason: String)

    public var description: String {
        switch self {
        case .missing(let path):
            "no such file: \(path); "
                // What stands for bytes that are no UTF-8 names another file than they do.
                + (path.contains("\u{FFFD}") ? "rename it, in UTF-8" : "check the name and the folder")
        case .isFolder(let path):
            "\(path) is a folder; name a sound file"
        case .isStream(let path):
            "\(path) is a pipe or a device; save its sound to a file first, or give encode the pipe as -"
        case .unreadable(let path, let reason):
            "cannot read \(path): \(reason); check its permissions"
        case .empty(let path):
            "\(path) holds no sound (zero length); record or export it again"
        case .notSound(let path, let reason):
            "\(path) is not a sound file that can be read (\(reason)); give WAV, AIFF, FLAC, Ogg Vorbis, Opus or MP3, "
                + "which ffmpeg makes of most others"
        case .notSoundInPipe(let path, let reason):
            "\(path) is not sound that can be read from a pipe (\(reason)); send WAV, AIFF, AU, Ogg or MP3 through it"
        case .truncated(let path, let expected, let found):
            "\(path) is truncated: expected \(expected), found \(found); copy or export it again"
        case .tooShort(let path, let seconds, let minimum):
            "\(path) lasts \(Self.decimals(seconds)) s; give at least \(Self.decimals(minimum)) s of sound"
        case .rate(let path, let found):
            "\(path) has \(found) samples a second, expected \(Snippet.rates.lowerBound) to \(Snippet.rates.upperBound); "
                + "change its sample rate first"
        case .silent(let path):
            "\(path) is silent (nothing swings by more than -80 dBFS); give a recording with sound in it"
        case .endsSilent(let path, let seconds):
            "\(path) ends with \(Self.decimals(seconds)) s of silence, beside which the models would hear hardly any sound; "
                + "cut it off, or give more sound"
        case .notFinite(let path, let second):
            "\(path) holds a sample that is no number (NaN or infinite) at \(Self.decimals(second)) s; export it again"
        case .outOfScale(let path, let second):
            "\(path) holds a sample beyond all scales (over 1e10) at \(Self.decimals(second)) s; "
                + "export it again with samples of -1 to 1"
        case .unknownExtension(let path):
            "cannot tell the format of \(path) from its extension; use one of "
                + AudioContainer.allCases.map { ".\($0.rawValue)" }.joined(separator: ", ")
        case .outputIsInput(let path):
            "the output \(path) is the input itself; choose another name with -o"
        case .outputExists(let path):
            "\(path) exists already; choose another name with -o or overwrite it with --force"
        case .unwritable(let path, let reason):
            "cannot write \(path): \(reason); choose another place with -o"
        case .tooLong(let path):
            "cannot write \(path): WAV and AIFF end at 4.3 GB; choose another format, such as .flac"
        case .unsupported(let path, let reason):
            "cannot write \(path): \(reason); choose another format, .wav or .flac, with -o"
        case .resampling(let reason):
            "cannot change the sample rate: \(reason)"
        }
    }

    private static func decimals(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded(.down))
        return "\(Double(hundredths) / 100)"
    }
}
