import Foundation
import Tensors

/// Mel-frequency cepstral coefficients as `librosa.feature.mfcc` has them, their mean over time.
///
/// 128 mel bands, in dB no more than 80 below the loudest; an orthonormal cosine transform; coefficients 1 to 19, so
/// that the level does not count. `[19]`
struct MelCepstrum: Sendable {
    static let window = 2048
    private static let bands = 128
    private static let coefficients = 1..<20

    private let spectrogram = Spectrogram(window: window, hop: 480)
    private let filters = FilterBank.mel(window: window, bands: bands)
    /// `[coefficients][bands]`
    private let cosines: [[Double]]

    init() {
        cosines = Self.coefficients.map { k in
            (0..<Self.bands).map { band in
                (2 / Double(Self.bands)).squareRoot()
                    * cos(.pi * Double(k) * (Double(band) + 0.5) / Double(Self.bands))
            }
        }
    }

    func callAsFunction(_ sound: [Float]) -> [Float] {
        let levels = decibels(Sound.normalised(sound))
        // The transform is linear: that of the mean is the mean of the transforms.
        var mean = [Double](repeating: 0, count: Self.bands)
        for (i, level) in levels.enumerated() { mean[i % Self.bands] += Double(level) }
        let frames = Double(max(1, levels.count / Self.bands))
        return cosines.map { row in Float(zip(row, mean).reduce(0) { $0 + $1.0 * $1.1 } / frames) }
    }

    /// `[frames × bands]`
    private func decibels(_ sound: [Float]) -> [Float] {
        var power = spectrogram(sound)
        let (scale, count) = (Float(Self.window) / 4, power.count)
        power.withMutablePointer { values in
            for i in 0..<count { values[i] = values[i] * scale * values[i] * scale }
        }
        let levels = filters(power).elements.map { 10 * log10(max(1e-10, $0)) }
        let floor = (levels.max() ?? 0) - 80
        return levels.map { max(floor, $0) }
    }
}
