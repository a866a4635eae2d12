import AudioFiles
import Foundation

/// Mono sound of a file or of standard input, in pieces.
struct SoundSource: ~Copyable {
    private var reader: AudioFileReader
    let name: String
    /// The channel that is taken alone, while they cancel each other out.
    private var channel: Int?
    /// Samples given out so far.
    private(set) var count = 0

    var sampleRate: Int { reader.sampleRate }
    var seconds: Double { Double(count) / Double(sampleRate) }

    init(_ endpoint: Endpoint) throws {
        name = endpoint.name("standard input")
        switch endpoint {
        case .stream: reader = try AudioFileReader(descriptor: STDIN_FILENO, name: name)
        case .file(let url): reader = try AudioFileReader(contentsOf: url)
        }
    }

    /// Samples that are read at once: headers can tell of a thousand channels.
    private static let mostAtOnce = 1 << 22

    /// Level above which sound tells how its channels go together.
    private static let audible: Float = 1e-3

    /// The mean of the channels, or one of such as cancel each other out, over the next `seconds`, or over less, but for
    /// the end over something. Throws where a sample is no number or beyond all scales, or where there is no sound at all.
    mutating func next(seconds: Int) throws -> [Float] {
        let most = max(1, Self.mostAtOnce / reader.channelCount)
        let frames = try reader.read(frames: min(seconds * sampleRate, most))
        guard !frames.isEmpty else {
            if count == 0 { throw AudioFileError.empty(path: name) }
            return []
        }
        try reader.check(frames, from: count)
        let sound = AudioBuffer(
            interleaved: frames[...], channelCount: reader.channelCount, sampleRate: sampleRate)
        count += sound.frameCount
        if sound.channels.contains(where: { $0.rootMeanSquare > Self.audible }) {
            // The same while that lasts, or its polarity would change.
            channel = sound.loudestOfCancelling.map { channel ?? $0 }
        }
        return channel.map { sound.channels[$0] } ?? sound.mixedToMono()
    }

    /// All of it at another rate, in the memory that this takes.
    consuming func all(at rate: Int) throws -> [Float] {
        var resampler = try StreamResampler(from: sampleRate, to: rate)
        var samples: [Float] = []
        while true {
            let piece = try next(seconds: 10)
            if piece.isEmpty { break }
            samples += try resampler.resample(piece)
        }
        samples += try resampler.finish(total: rescaled(count, from: sampleRate, to: rate))
        return samples
    }
}
