import Foundation
import Tensors

/// What the page draws of a sound: levels from 0 to 255, frame by frame, the lowest band first.
struct SoundPicture: Sendable {
    static let bands = 64
    private static let window = 2048
    /// Samples from one frame to the next, 60 ms.
    private static let hop = 1440
    /// Decibels from white to black.
    private static let range: Float = 70

    private let spectrogram = Spectrogram(window: window, hop: hop)
    private let filters = FilterBank.mel(window: window, bands: bands)
    private let chromagram = Chromagram()

    /// Mel bands in dB below the loudest: `[frames × bands]`.
    func mel(_ sound: [Float]) -> Data {
        let levels = filters(squared(spectrogram(sound))).elements.map { 10 * log10(max(1e-12, $0)) }
        let top = levels.max() ?? 0
        return Data(levels.map { UInt8(255 * max(0, 1 - (top - $0) / Self.range)) })
    }

    /// Pitch classes: `[frames × 12]`.
    func chroma(_ sound: [Float]) -> Data {
        let values = chromagram(sound).elements
        let top = max(values.max() ?? 0, .leastNormalMagnitude)
        return Data(values.map { UInt8(255 * $0 / top) })
    }

    private func squared(_ magnitudes: Tensor) -> Tensor {
        var power = magnitudes
        let count = power.count
        power.withMutablePointer { values in
            for i in 0..<count { values[i] *= values[i] }
        }
        return power
    }
}
