import Foundation
import Tensors

/// Triangular filters over the bins of a spectrum.
struct FilterBank: Sendable {
    private struct Filter: Sendable {
        let first: Int
        let weights: [Float]
    }

    private let filters: [Filter]

    var count: Int { filters.count }

    /// Filters of peak 1 on a logarithmic axis from `low` to `high` Hz, at least one bin wide.
    static func logarithmic(
        window: Int, from low: Double, to high: Double, perOctave: Int
    ) -> FilterBank {
        let step = Double(Sound.sampleRate) / Double(window)
        let count = Int(log2(high / low) * Double(perOctave)) + 1
        return FilterBank(
            window: window,
            (0..<count).map { band in
                let centre = low * pow(2, Double(band) / Double(perOctave))
                let width = max(centre * (pow(2, 1 / Double(perOctave)) - 1), step)
                return { max(0, 1 - abs($0 - centre) / width) }
            })
    }

    /// Filters evenly spaced on Slaney's mel scale from 0 Hz to half the sample rate, each of area 2 / Hz (as
    /// `librosa.filters.mel` has them).
    static func mel(window: Int, bands: Int) -> FilterBank {
        let top = mel(Double(Sound.sampleRate) / 2)
        let edges = (0..<bands + 2).map { frequency(mel: top * Double($0) / Double(bands + 1)) }
        return FilterBank(
            window: window,
            (0..<bands).map { band in
                let (low, centre, high) = (edges[band], edges[band + 1], edges[band + 2])
                return { frequency in
                    let rise = (frequency - low) / (centre - low)
                    let fall = (high - frequency) / (high - centre)
                    return max(0, min(rise, fall)) * 2 / (high - low)
                }
            })
    }

    private init(window: Int, _ shapes: [(Double) -> Double]) {
        let frequencies = (0...window / 2).map { Double($0) * Double(Sound.sampleRate) / Double(window) }
        filters = shapes.map { shape in
            let weights = frequencies.map { Float(shape($0)) }
            let first = weights.firstIndex { $0 > 0 } ?? 0
            let last = weights.lastIndex { $0 > 0 } ?? 0
            return Filter(first: first, weights: Array(weights[first...last]))
        }
    }

    /// `[frames, bins]` → `[frames, filters]`.
    func callAsFunction(_ spectra: Tensor) -> Tensor {
        var result = Tensor(uninitialized: [spectra.rows, filters.count])
        spectra.withPointer { source in
            result.withMutablePointer { target in
                for row in 0..<spectra.rows {
                    let spectrum = source + row * spectra.columns
                    for (band, filter) in filters.enumerated() {
                        var sum: Float = 0
                        for (i, weight) in filter.weights.enumerated() {
                            sum += weight * spectrum[filter.first + i]
                        }
                        target[row * filters.count + band] = sum
                    }
                }
            }
        }
        return result
    }

    /// Linear below 1 kHz, logarithmic above (Slaney, Auditory Toolbox, 1998).
    private static func mel(_ frequency: Double) -> Double {
        frequency < 1000 ? frequency * 3 / 200 : 15 + log(frequency / 1000) * 27 / log(6.4)
    }

    private static func frequency(mel: Double) -> Double {
        mel < 15 ? mel * 200 / 3 : 1000 * exp((mel - 15) * log(6.4) / 27)
    }
}
