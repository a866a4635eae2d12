import AudioFiles
import Foundation

/// Mono sound of a file or of standard input, in pieces.
struct SoundSource: ~Copyable {
    private var reader: AudioFileReader
    let name: String
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

    /// The mean of the channels over the next `seconds`, fewer at the end, none after it. Throws where a sample is no
    /// finite number, or where there is no sound at all.
    mutating func next(seconds: Int) throws -> [Float] {
        let frames = try reader.read(frames: seconds * sampleRate)
        guard !frames.isEmpty else {
            if count == 0 { throw AudioFileError.empty(path: name) }
            return []
        }
        let channels = reader.channelCount
        if let place = frames.firstIndex(where: { !$0.isFinite }) {
            throw AudioFileError.notFinite(
                path: name, second: Double(count + place / channels) / Double(sampleRate))
        }
        let mono = AudioBuffer(interleaved: frames[...], channelCount: channels, sampleRate: sampleRate)
            .mixedToMono()
        count += mono.count
        return mono
    }
}
