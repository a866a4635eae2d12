import Foundation
import Tensors

/// Power spectra of a snippet at 50 Hz, and their sums in 32 bands.
struct SoundKindSpectra {
    static let window = 2048
    static let hop = 480
    static let bands = 32
    private static let lowest = 60.0
    private static let highest = 7500.0
    private static let sampleRate = 24_000.0
    /// Of the loudest frame's power, added to every bin and band.
    private static let floorShare = 1e-6
    /// −110 dB of a full-scale sine.
    private static let silence = 1e-11

    let frames: Int
    /// Bins of a spectrum.
    let bins: Int
    /// [frames][bins], a full-scale sine being 1.
    let powers: [Float]
    let floor: Double
    /// Logarithms of the bands above the floor, [frames][bands].
    let logBands: [[Double]]
    /// Logarithms of the frames' mean over the bands, [frames].
    let levels: [Double]

    /// Nil where the sound is shorter than two windows' beginnings.
    init?(_ samples: ArraySlice<Float>) {
        guard samples.count >= Self.window + Self.hop else { return nil }
        let transform = RealFFT(size: Self.window)
        let (frames, bins) = ((samples.count - Self.window) / Self.hop + 1, transform.bins)
        let powers = transform.powers(
            of: Array(samples), frames: frames, hop: Self.hop, window: hannWindow(Self.window),
            scale: Float(4 / Double(Self.window) * (4 / Double(Self.window))), on: WorkerPool(threads: 1)
        ).elements
        let filters = Self.filters(bins: bins)
        let energies: [[Double]] = (0..<frames).map { frame in
            filters.map { $0.sum(powers, from: frame * bins) }
        }
        let means: [Double] = energies.map { $0.reduce(0, +) / Double(Self.bands) }
        let floor = Self.floorShare * (means.max() ?? 0) + Self.silence
        self.frames = frames
        self.bins = bins
        self.powers = powers
        self.floor = floor
        logBands = energies.map { $0.map { log($0 + floor) } }
        levels = means.map { log($0 + floor) }
    }

    /// A triangle over neighbouring bins, of sum 1.
    private struct Filter {
        let first: Int
        let weights: [Double]

        /// Of the spectrum whose bin 0 is `powers[start]`.
        func sum(_ powers: [Float], from start: Int) -> Double {
            var sum = 0.0
            for (bin, weight) in weights.enumerated() { sum += weight * Double(powers[start + first + bin]) }
            return sum
        }
    }

    /// Evenly spaced in mel.
    private static func filters(bins: Int) -> [Filter] {
        func mel(_ frequency: Double) -> Double { 2595 * log10(1 + frequency / 700) }
        let step = (mel(highest) - mel(lowest)) / Double(bands + 1)
        let edges: [Double] = (0..<bands + 2).map { edge in
            700 * (pow(10, (mel(lowest) + Double(edge) * step) / 2595) - 1)
        }
        return (0..<bands).map { band in
            let (low, middle, high) = (edges[band], edges[band + 1], edges[band + 2])
            let weights: [Double] = (0..<bins).map { bin in
                let frequency = Double(bin) * sampleRate / Double(window)
                return max(0, min((frequency - low) / (middle - low), (high - frequency) / (high - middle)))
            }
            let sum = weights.reduce(0, +)
            let first = weights.firstIndex { $0 > 0 } ?? 0
            let last = weights.lastIndex { $0 > 0 } ?? 0
            return Filter(first: first, weights: weights[first...last].map { $0 / sum })
        }
    }
}
