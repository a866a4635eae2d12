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

    /// Opens the file for a continuation that joins on by `seam`; it appears with `finish()`.
    func makeWriter(_ seam: Seam) throws -> JoinedFileWriter {
        try JoinedFileWriter(
            seam.stream(seconds: seconds, clips: !format.samples.isFloatingPoint),
            after: onlyContinuation ? nil : snippet.url,
            to: AudioFileWriter(
                to: url, format: format, sampleRate: sampleRate, channelCount: snippet.tail.channelCount),
            channelCount: snippet.tail.channelCount, from: snippet.tail.sampleRate, to: sampleRate)
    }
}
