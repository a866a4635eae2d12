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
    private let channelCount: Int
    /// Frames so far, at the snippet's rate.
    private var frames = 0

    /// - Parameter channelCount: of the snippet and of the file.
    init(
        _ seam: consuming SeamStream, to file: consuming AudioFileWriter, channelCount: Int,
        from snippetRate: Int, to fileRate: Int
    ) throws {
        self.seam = seam
        self.file = file
        self.channelCount = channelCount
        ratio = Double(fileRate) / Double(snippetRate)
        if snippetRate != fileRate {
            resampler = try StreamResampler(from: snippetRate, to: fileRate, channelCount: channelCount)
        }
    }

    /// Appends what the snippet has next, `[frames × channels]`.
    func copy(_ interleaved: [Double]) throws {
        try write(interleaved, frames: interleaved.count / channelCount)
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
