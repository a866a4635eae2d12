import Foundation
import Tensors

/// The long-term spectrum: mean power in 40 bands from 40 Hz to 10 kHz in dB, its mean removed. `[40]`
struct Timbre: Sendable {
    private static let window = 2048
    private let spectrogram = Spectrogram(window: window, hop: window / 2)
    private let filters = FilterBank.logarithmic(window: window, from: 40, to: 10_000, perOctave: 5)

    func callAsFunction(_ sound: [Float]) -> [Float] {
        let magnitudes = spectrogram(Sound.normalised(sound))
        var power = [Float](repeating: 0, count: magnitudes.columns)
        for (i, value) in magnitudes.elements.enumerated() {
            power[i % power.count] += value * value / Float(magnitudes.rows)
        }
        let bands = filters(Tensor([1, power.count], power)).elements.map { 10 * log10($0 + 1e-10) }
        let mean = bands.reduce(0, +) / Float(bands.count)
        return bands.map { $0 - mean }
    }
}
