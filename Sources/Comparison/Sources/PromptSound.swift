import AudioFiles
package import Foundation

/// A prompt's sound: its last minute, mono.
package struct PromptSound: Sendable {
    /// More seconds of a prompt's end are not looked at.
    private static let reach = 60.0

    /// Length of the whole file.
    package let seconds: Double
    /// At the file's own rate, one channel.
    let tail: AudioBuffer
    /// The same at 24 kHz.
    package let samples: [Float]

    /// Throws `AudioFileError` for what cannot be continued.
    package init(contentsOf url: URL) throws {
        let snippet = try Snippet(contentsOf: url, tailSeconds: Self.reach)
        seconds = Double(snippet.frameCount) / Double(snippet.tail.sampleRate)
        tail = AudioBuffer(mono: snippet.tail.heardAsMono(), sampleRate: snippet.tail.sampleRate)
        samples = try tail.resampled(to: Sound.sampleRate).channels[0]
    }
}
