import AudioFiles
import AudioLM
import Foundation

/// Writes a snippet and, as it is made, its continuation. The file appears whole, with `finish()`, or not at all.
final class JoinedFileWriter {
    private var seam: SeamStream
    private var file: AudioFileWriter
    /// From the snippet's rate to the file's; nil where they are the same. Opus and MP3 hold few rates: the whole file
    /// is at the nearest of them.
    private var resampler: StreamResampler?
    private let ratio: Double
    /// Frames so far, at the snippet's rate.
    private var frames = 0

    /// - Parameters:
    ///   - snippet: what comes first, if anything; it is copied at once.
    ///   - channelCount: of the snippet and of the file.
    init(
        _ seam: consuming SeamStream, after snippet: URL?, to file: consuming AudioFileWriter,
        channelCount: Int,
        from snippetRate: Int, to fileRate: Int
    ) throws {
        self.seam = seam
        self.file = file
        ratio = Double(fileRate) / Double(snippetRate)
        if snippetRate != fileRate {
            resampler = try StreamResampler(from: snippetRate, to: fileRate, channelCount: channelCount)
        }
        if let snippet { try copy(snippet) }
    }

    /// Appends what the models made next.
    func append(_ generated: [Float]) throws { try write(seam.append(generated)) }

    /// Completes the file and puts it in place; throws `CancellationError`, and puts none, where the task is cancelled.
    func finish() throws {
        try write(seam.finish())
        if let rest = try resampler?.finish(total: Int((Double(frames) * ratio).rounded())) {
            try file.write(rest.map(Double.init))
        }
        try Task.checkCancellation()
        try file.finish()
    }

    private func copy(_ snippet: URL) throws {
        var reader = try AudioFileReader(contentsOf: snippet)
        while true {
            try Task.checkCancellation()
            let chunk = try reader.read(frames: 1 << 16)
            if chunk.isEmpty { break }
            try write(chunk, frames: chunk.count / reader.channelCount)
        }
    }

    private func write(_ sound: AudioBuffer) throws {
        try write(sound.interleaved(), frames: sound.frameCount)
    }

    private func write(_ interleaved: [Double], frames count: Int) throws {
        frames += count
        if let resampled = try resampler?.resample(interleaved.map { Float($0) }) {
            try file.write(resampled.map(Double.init))
        } else {
            try file.write(interleaved)
        }
    }
}
