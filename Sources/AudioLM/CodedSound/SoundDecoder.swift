import AudioFiles
import SoundStream

/// The bytes of coded sound back to mono sound, block by block, in memory that does not grow with its length.
public struct SoundDecoder: ~Copyable {
    private let codec: AudioCodec
    private let name: String
    private var reader: CodedSoundReader
    private var state: Codec.DecoderState
    private var resampler: StreamResampler
    /// Frames of the last block that are not decoded yet.
    private var waiting: CodeFrames?
    /// Decoded samples that wait until it is known that they are not beyond the end.
    private var held: [Float] = []
    /// Samples handed to the resampler so far.
    private var passed = 0
    private var isFinished = false

    /// Samples per second of the recording that was coded.
    public let sourceRate: Int
    /// Samples per second that come out.
    public let sampleRate: Int
    /// Levels of codes in the bytes.
    public var levels: Int { reader.header.levels }

    /// Reads the header; throws `CodedSoundError` where the bytes are no coded sound or another codec's, and what
    /// `read` throws.
    /// - Parameters:
    ///   - name: how errors call the bytes.
    ///   - sampleRate: chooses the rate that is wanted, given the recording's.
    ///   - read: gives as many bytes as it is asked for, fewer only at the end.
    public init(
        _ codec: AudioCodec, name: String, sampleRate: (Int) -> Int = { $0 },
        read: @escaping (Int) throws -> [UInt8]
    ) throws {
        let reader = try CodedSoundReader(name: name, read: read)
        let header = reader.header
        guard header.codec == codec.identity else {
            throw CodedSoundError.otherCodec(name: name, made: header.codec, loaded: codec.identity)
        }
        let configuration = codec.network.configuration
        guard header.levels <= codec.levels, header.bits == codec.bits,
            header.codecRate == configuration.sampleRate, header.hop == configuration.hop
        else {
            throw CodedSoundError.inconsistent(name: name, reason: "its header is not what its codec writes")
        }
        let rate = sampleRate(header.sourceRate)
        let resampler = try StreamResampler(from: codec.sampleRate, to: rate)
        self.codec = codec
        self.name = name
        self.reader = reader
        sourceRate = header.sourceRate
        self.sampleRate = rate
        self.resampler = resampler
        state = codec.network.makeDecoderState()
    }

    /// Further samples, possibly none; nil after the last.
    public mutating func next() throws -> [Float]? {
        guard !isFinished else { return nil }
        let hop = codec.network.configuration.hop
        if let codes = try waiting ?? reader.next() {
            // Blocks of other writers may be long.
            let count = min(CodedSoundWriter.blockFrames, codes.count)
            waiting = count < codes.count ? codes[count..<codes.count] : nil
            held += try decode(codes[0..<count])
            let ready = max(0, held.count - heldBack)
            defer { held.removeFirst(ready) }
            passed += ready
            return try resampler.resample(Array(held[..<ready]))
        }
        isFinished = true
        let source = reader.sourceSamples ?? 0
        let total = reader.header.codecSamples(source: source)
        let whole = (total + hop - 1) / hop
        guard reader.frames == whole + codec.delay, (0...held.count).contains(total - passed) else {
            throw CodedSoundError.inconsistent(
                name: name, reason: "\(reader.frames) frames for \(source) samples")
        }
        let rest = try resampler.resample(Array(held[..<(total - passed)]))
        return rest + (try resampler.finish(total: rescaled(source, from: sourceRate, to: sampleRate)))
    }

    /// Samples that may lie beyond the end: those of the last frames, but for what the last windows leave undone.
    private var heldBack: Int {
        let configuration = codec.network.configuration
        return (codec.delay + 1) * configuration.hop - configuration.window
    }

    private mutating func decode(_ codes: CodeFrames) throws -> [Float] {
        do {
            return try codec.network.decode(codes: codes, &state, on: codec.pool)
        } catch let error as CodecError where error != .notFinite {
            throw CodedSoundError.inconsistent(name: name, reason: "\(error)")
        }
    }
}
