import CSndFile
public import Foundation

/// The kinds of file that can be written, by extension.
public enum AudioContainer: String, Sendable, CaseIterable {
    case wav, flac, ogg, opus, mp3, aiff

    /// The container that an output's extension asks for.
    public init(extensionOf url: URL) throws {
        switch url.pathExtension.lowercased() {
        case "wav", "wave": self = .wav
        case "flac": self = .flac
        case "ogg", "oga": self = .ogg
        case "opus": self = .opus
        case "mp3": self = .mp3
        case "aiff", "aif", "aifc": self = .aiff
        default: throw AudioFileError.unknownExtension(path: url.relativePath)
        }
    }

    /// The lowest rate not below `sampleRate` that the container can hold (its highest where there is none).
    public func sampleRate(for sampleRate: Int) -> Int {
        let rates: [Int]
        switch self {
        case .wav, .flac, .ogg, .aiff: return sampleRate
        case .opus: rates = [8000, 12000, 16000, 24000, 48000]
        case .mp3: rates = [8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000]
        }
        return rates.first { $0 >= sampleRate } ?? rates[rates.count - 1]
    }
}

/// How samples rest in a file.
public enum SampleFormat: String, Sendable {
    case pcm8, pcm16, pcm24, pcm32, float, double
    /// Perceptual coding: Vorbis, Opus, MP3.
    case lossy

    /// Whether samples beyond full scale are kept.
    public var isFloatingPoint: Bool { self == .float || self == .double }

    /// Bytes of a sample; those of the samples it decodes to where it is lossy.
    var byteCount: Int {
        switch self {
        case .pcm8: 1
        case .pcm16: 2
        case .pcm24: 3
        case .pcm32, .float, .lossy: 4
        case .double: 8
        }
    }

    /// The narrowest format that holds every sample that libsndfile decodes from `format` (24 bits for
    /// perceptually coded sound, which has no samples of its own).
    init(subtypeOf format: Int) {
        switch format & Int(SF_FORMAT_SUBMASK) {
        case Int(SF_FORMAT_PCM_S8), Int(SF_FORMAT_PCM_U8), Int(SF_FORMAT_DPCM_8): self = .pcm8
        case Int(SF_FORMAT_PCM_24), Int(SF_FORMAT_ALAC_20), Int(SF_FORMAT_ALAC_24), Int(SF_FORMAT_DWVW_24):
            self = .pcm24
        case Int(SF_FORMAT_PCM_32), Int(SF_FORMAT_ALAC_32): self = .pcm32
        case Int(SF_FORMAT_FLOAT): self = .float
        case Int(SF_FORMAT_DOUBLE): self = .double
        case Int(SF_FORMAT_VORBIS), Int(SF_FORMAT_OPUS), Int(SF_FORMAT_MPEG_LAYER_I),
            Int(SF_FORMAT_MPEG_LAYER_II), Int(SF_FORMAT_MPEG_LAYER_III):
            self = .lossy
        default: self = .pcm16
        }
    }
}

/// A container and the format of the samples in it.
public struct AudioFormat: Sendable, Equatable {
    /// The kind of file.
    public let container: AudioContainer
    /// How samples rest in it.
    public let samples: SampleFormat

    /// The format in which `container` holds sound read as `samples`, sample for sample where it can: FLAC ends
    /// at 24 bits, and Ogg, Opus and MP3 are always lossy.
    public init(_ container: AudioContainer, holding samples: SampleFormat) {
        self.container = container
        switch (container, samples) {
        case (.ogg, _), (.opus, _), (.mp3, _): self.samples = .lossy
        case (_, .lossy): self.samples = .pcm24
        case (.flac, .pcm32), (.flac, .float), (.flac, .double): self.samples = .pcm24
        default: self.samples = samples
        }
    }

    /// Throws where the format cannot hold so many channels at that rate, or so many seconds of them.
    public func check(sampleRate: Int, channelCount: Int, seconds: Double = 0, for url: URL) throws {
        var info = SF_INFO()
        info.format = Int32(code)
        info.samplerate = Int32(clamping: sampleRate)
        info.channels = Int32(clamping: channelCount)
        guard sf_format_check(&info) != 0 else {
            throw AudioFileError.unsupported(
                path: url.relativePath,
                reason: "\(container.rawValue) cannot hold \(channelCount) channels at \(sampleRate) Hz")
        }
        guard seconds * Double(sampleRate) <= Double(mostFrames(channelCount: channelCount)) else {
            throw AudioFileError.tooLong(path: url.relativePath)
        }
    }

    /// How many frames a file holds: in WAV and AIFF those whose bytes 32 bits can tell, with room for what stands before
    /// them.
    func mostFrames(channelCount: Int) -> Int {
        container == .wav || container == .aiff
            ? 4_293_000_000 / (samples.byteCount * max(channelCount, 1)) : Int.max
    }

    /// libsndfile's number for this format.
    var code: Int {
        switch container {
        case .wav: Int(SF_FORMAT_WAV) | (samples == .pcm8 ? Int(SF_FORMAT_PCM_U8) : linearCode)
        case .aiff: Int(SF_FORMAT_AIFF) | linearCode
        case .flac: Int(SF_FORMAT_FLAC) | linearCode
        case .ogg: Int(SF_FORMAT_OGG) | Int(SF_FORMAT_VORBIS)
        case .opus: Int(SF_FORMAT_OGG) | Int(SF_FORMAT_OPUS)
        case .mp3: Int(SF_FORMAT_MPEG) | Int(SF_FORMAT_MPEG_LAYER_III)
        }
    }

    private var linearCode: Int {
        switch samples {
        case .pcm8: Int(SF_FORMAT_PCM_S8)
        case .pcm16: Int(SF_FORMAT_PCM_16)
        case .pcm24, .lossy: Int(SF_FORMAT_PCM_24)
        case .pcm32: Int(SF_FORMAT_PCM_32)
        case .float: Int(SF_FORMAT_FLOAT)
        case .double: Int(SF_FORMAT_DOUBLE)
        }
    }
}
