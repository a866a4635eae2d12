import AudioFiles
import Foundation

/// The file that a continuation goes to: a copy of the snippet, sample for sample, and then the new part.
struct JoinedFile {
    let url: URL
    private let snippet: Snippet
    private let onlyContinuation: Bool
    private let format: AudioFormat
    private let sampleRate: Int

    /// Throws where the output's format cannot hold the snippet's channels; writes nothing yet.
    init(_ snippet: Snippet, to url: URL, onlyContinuation: Bool) throws {
        self.url = url
        self.snippet = snippet
        self.onlyContinuation = onlyContinuation
        format = AudioFormat(try AudioContainer(extensionOf: url), holding: snippet.samples)
        sampleRate = format.container.sampleRate(for: snippet.tail.sampleRate)
        try format.check(sampleRate: sampleRate, channelCount: snippet.tail.channelCount, for: url)
    }

    /// Writes everything, or nothing where it throws or the task is cancelled.
    func write(_ continuation: AudioBuffer) throws {
        var writer = try AudioFileWriter(
            to: url, format: format, sampleRate: sampleRate, channelCount: continuation.channelCount)
        if !onlyContinuation { try copySnippet(to: &writer) }
        try writer.write(continuation.resampled(to: sampleRate))
        try Task.checkCancellation()
        try writer.finish()
    }

    private func copySnippet(to writer: inout AudioFileWriter) throws {
        guard sampleRate == snippet.tail.sampleRate else {
            // Opus and MP3 hold few rates: the whole output is at the nearest of them.
            try writer.write(AudioBuffer(contentsOf: snippet.url).resampled(to: sampleRate))
            return
        }
        var reader = try AudioFileReader(contentsOf: snippet.url)
        while true {
            try Task.checkCancellation()
            let chunk = try reader.read(frames: 1 << 16)
            if chunk.isEmpty { break }
            try writer.write(chunk)
        }
    }
}
