import AudioFiles
import AudioLM
import Foundation

/// The file that a continuation goes to: a copy of the snippet, sample for sample, and then the new part.
struct JoinedFile {
    let url: URL
    private let snippet: Snippet
    private let onlyContinuation: Bool
    private let seconds: Double
    private let format: AudioFormat
    private let sampleRate: Int

    /// Throws where the output's format cannot hold the snippet's channels or so much sound; writes nothing yet.
    /// - Parameter seconds: of the new part.
    init(_ snippet: Snippet, to url: URL, onlyContinuation: Bool, seconds: Double) throws {
        self.url = url
        self.snippet = snippet
        self.onlyContinuation = onlyContinuation
        self.seconds = seconds
        format = AudioFormat(try AudioContainer(extensionOf: url), holding: snippet.samples)
        sampleRate = format.container.sampleRate(for: snippet.tail.sampleRate)
        let copied = onlyContinuation ? 0 : Double(snippet.frameCount) / Double(snippet.tail.sampleRate)
        try format.check(
            sampleRate: sampleRate, channelCount: snippet.tail.channelCount, seconds: copied + seconds,
            for: url)
    }

    /// Opens files for continuations of one snippet that join on by `seam`, and begins them with its copy, all of them or, if
    /// they are for the continuation only, none; they appear with `finish()`.
    static func open(_ files: [JoinedFile], _ seam: Seam) throws -> [JoinedFileWriter] {
        let writers = try files.map { try $0.makeWriter(seam) }
        guard let file = files.first, !file.onlyContinuation else { return writers }
        var reader = try AudioFileReader(contentsOf: file.snippet.url)
        while true {
            try Task.checkCancellation()
            let chunk = try reader.read(frames: 1 << 16)
            if chunk.isEmpty { return writers }
            for writer in writers { try writer.copy(chunk) }
        }
    }

    private func makeWriter(_ seam: Seam) throws -> JoinedFileWriter {
        try JoinedFileWriter(
            seam.stream(seconds: seconds, clips: !format.samples.isFloatingPoint),
            to: AudioFileWriter(
                to: url, format: format, sampleRate: sampleRate, channelCount: snippet.tail.channelCount),
            channelCount: snippet.tail.channelCount, from: snippet.tail.sampleRate, to: sampleRate)
    }
}
