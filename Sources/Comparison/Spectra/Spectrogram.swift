import Foundation
import Tensors

/// Magnitudes of Hann-windowed frames: `[frames, window / 2 + 1]`, a full-scale sine being 1.
///
/// Frame t is centred on sample t · hop, with zeros beyond the ends, so that n samples have n / hop + 1 frames.
struct Spectrogram: Sendable {
    private let transform: FourierTransform
    private let window: [Double]
    private let hop: Int

    /// - Parameters:
    ///   - window: samples of a frame, a power of two.
    ///   - hop: samples from one frame to the next.
    init(window: Int, hop: Int) {
        transform = FourierTransform(size: window)
        self.window = (0..<window).map { 0.5 - 0.5 * cos(2 * .pi * Double($0) / Double(window)) }
        self.hop = hop
    }

    func callAsFunction(_ sound: [Float]) -> Tensor {
        let (size, bins) = (transform.size, transform.bins)
        let frames = sound.count / hop + 1
        var result = Tensor(uninitialized: [frames, bins])
        var pair = [Double](repeating: 0, count: 2 * size)
        result.withMutablePointer { target in
            pair.withUnsafeMutableBufferPointer { buffer in
                guard let real = buffer.baseAddress else { return }
                let imaginary = real + size
                for frame in stride(from: 0, to: frames, by: 2) {
                    let second = frame + 1 < frames
                    fill(real, from: sound, at: frame * hop - size / 2)
                    fill(imaginary, from: sound, at: second ? (frame + 1) * hop - size / 2 : sound.count)
                    transform.magnitudes(
                        real, imaginary, scale: 4 / Double(size), target + frame * bins,
                        second ? target + (frame + 1) * bins : nil)
                }
            }
        }
        return result
    }

    /// The windowed samples from `start` on, zeros where there are none.
    private func fill(_ target: UnsafeMutablePointer<Double>, from sound: [Float], at start: Int) {
        for i in 0..<window.count {
            let place = start + i
            target[i] = place >= 0 && place < sound.count ? Double(sound[place]) * window[i] : 0
        }
    }
}
