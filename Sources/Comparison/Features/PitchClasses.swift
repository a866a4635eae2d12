import Foundation
import Tensors

/// Pitch classes over time: `[frames of 0.2 s, 12]`, C to B, each frame of about the same weight.
///
/// Peaks of a spectrum with windows of 0.34 s between 65 Hz and 2.1 kHz count as the square root of their magnitude
/// above the smoothed spectrum around them, and less the further they lie from the middle of their semitone.
struct Chromagram: Sendable {
    /// Seconds from one frame to the next.
    static let step = 0.2
    static let classes = 12
    private static let window = 8192
    /// Bins over which the spectrum is smoothed.
    private static let smoothing = 41

    /// A bin that lies between 65 Hz and 2.1 kHz.
    private struct Bin: Sendable {
        let index: Int
        let pitchClass: Int
        let weight: Float
    }

    private let spectrogram = Spectrogram(window: window, hop: Sound.samples(step))
    private let bins: [Bin]

    init() {
        bins = (1...Self.window / 2).compactMap { index in
            let frequency = Double(index * Sound.sampleRate) / Double(Self.window)
            let key = 69 + 12 * log2(frequency / 440)
            guard key > 36, key < 96 else { return nil }
            let nearest = key.rounded(.toNearestOrEven)
            let closeness = cos(.pi * (key - nearest))
            return Bin(index: index, pitchClass: Int(nearest) % 12, weight: Float(closeness * closeness))
        }
    }

    func callAsFunction(_ sound: [Float]) -> Tensor {
        let magnitudes = spectrogram(Sound.normalised(sound))
        var result = Tensor([magnitudes.rows, Self.classes])
        for row in 0..<magnitudes.rows {
            let spectrum = magnitudes.rows(row..<row + 1).elements
            let smooth = Running.mean(spectrum, width: Self.smoothing)
            result.withMutablePointer { target in
                for bin in bins {
                    let value = spectrum[bin.index]
                    guard value > spectrum[bin.index - 1], value >= spectrum[bin.index + 1] else { continue }
                    let strength = max(0, value - smooth[bin.index]).squareRoot()
                    target[row * Self.classes + bin.pitchClass] += strength * bin.weight
                }
            }
        }
        return result
    }

    /// The mean over time: `[12]`.
    static func profile(_ chromagram: Tensor) -> [Float] {
        var sums = [Float](repeating: 0, count: classes)
        for (i, value) in chromagram.elements.enumerated() { sums[i % classes] += value }
        return sums.map { $0 / Float(max(1, chromagram.rows)) }
    }
}
