import Foundation
import Tensors

/// Magnitudes of Hann-windowed frames: `[frames, window / 2 + 1]`, a full-scale sine being 1.
///
/// Frame t is centred on sample t · hop, with zeros beyond the ends, so that n samples have n / hop + 1 frames.
struct Spectrogram: Sendable {
    private let transform: RealFFT
    private let window: [Float]
    private let hop: Int
    /// Prompts are measured side by side, each on the thread that asks.
    private let pool = WorkerPool(threads: 1)

    /// - Parameters:
    ///   - window: samples of a frame, a power of two.
    ///   - hop: samples from one frame to the next.
    init(window: Int, hop: Int) {
        transform = RealFFT(size: window)
        self.window = hannWindow(window)
        self.hop = hop
    }

    func callAsFunction(_ sound: [Float]) -> Tensor {
        let frames = sound.count / hop + 1
        let scale = 4 / Float(transform.size)
        var magnitudes = transform.powers(
            of: padded(sound, frames: frames), frames: frames, hop: hop, window: window,
            scale: scale * scale, on: pool)
        let count = magnitudes.count
        magnitudes.withMutablePointer { values in
            for index in 0..<count { values[index] = values[index].squareRoot() }
        }
        return magnitudes
    }

    /// All samples that frames see: half a window of zeros, the sound, and zeros.
    private func padded(_ sound: [Float], frames: Int) -> [Float] {
        let margin = transform.size / 2
        var padded = [Float](repeating: 0, count: (frames - 1) * hop + transform.size)
        let seen = sound.prefix(padded.count - margin)
        padded.replaceSubrange(margin..<margin + seen.count, with: seen)
        return padded
    }
}
