import AudioFiles
import SoundStream

/// Mono sound of any rate to the bytes of coded sound, piece by piece, in memory that does not grow with its length.
/// The same sound in pieces of other sizes gives the same bytes.
public struct SoundEncoder: ~Copyable {
    private let codec: AudioCodec
    private var resampler: StreamResampler
    private var state: Codec.EncoderState
    private var writer: CodedSoundWriter
    private let levels: Int
    private let sourceRate: Int
    /// Samples taken in so far, at their own rate.
    private var sourceSamples = 0
    /// Samples handed to the network so far.
    private var codecSamples = 0

    /// Throws `CodedSoundError` where either is out of its range.
    /// - Parameters:
    ///   - levels: how many of the codec's levels code the sound, at least one.
    ///   - sampleRate: samples per second of the sound, 1000 to 768000.
    public init(_ codec: AudioCodec, levels: Int, sampleRate: Int) throws {
        guard (1...codec.levels).contains(levels) else {
            throw CodedSoundError.levels(found: levels, most: codec.levels)
        }
        guard CodedSoundHeader.sourceRates.contains(sampleRate) else {
            throw CodedSoundError.sampleRate(found: sampleRate)
        }
        let resampler = try StreamResampler(from: sampleRate, to: codec.sampleRate)
        self.codec = codec
        self.levels = levels
        sourceRate = sampleRate
        self.resampler = resampler
        state = codec.network.makeEncoderState()
        writer = CodedSoundWriter(
            CodedSoundHeader(
                levels: levels, bits: codec.bits, codecRate: codec.sampleRate,
                hop: codec.network.configuration.hop, sourceRate: sampleRate, codec: codec.identity))
    }

    /// The bytes that `samples`, finite and of any number, complete.
    public mutating func encode(_ samples: [Float]) throws -> [UInt8] {
        sourceSamples += samples.count
        return code(try resampler.resample(samples))
    }

    /// The bytes of the rest, and the end.
    public mutating func finish() throws -> [UInt8] {
        let total = rescaled(sourceSamples, from: sourceRate, to: codec.sampleRate)
        var bytes = code(try resampler.finish(total: total))
        let hop = codec.network.configuration.hop
        bytes += code([Float](repeating: 0, count: (hop - codecSamples % hop) % hop + codec.delay * hop))
        return bytes + writer.finish(sourceSamples: sourceSamples)
    }

    private mutating func code(_ samples: [Float]) -> [UInt8] {
        codecSamples += samples.count
        return writer.append(
            codec.network.encode(samples: samples, levels: levels, &state, on: codec.pool))
    }
}
