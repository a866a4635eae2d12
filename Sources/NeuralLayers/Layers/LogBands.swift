package import Tensors

/// Sound to the logarithms of its power in bands, many times a second.
///
/// Spectrum j is that of the Hann window centred on sample hop · (j + ½), with zeros beyond the ends; its power, 1 for
/// a full-scale sine, is gathered into bands, and its natural logarithm taken above a floor. Key: `filterbank`
/// [bands, bins].
package struct LogBands: Sendable {
    private let transform: RealFFT
    private let window: [Float]
    private let hop: Int
    private let floor: Float
    private let filterbank: PackedMatrix

    /// - Parameters:
    ///   - window: samples of a spectrum, a power of two.
    ///   - hop: samples from one spectrum to the next.
    ///   - floor: power that is added before the logarithm.
    package init(
        bands: Int, window: Int, hop: Int, floor: Float, from weights: WeightScope
    ) throws {
        transform = RealFFT(size: window)
        self.window = hannWindow(window)
        self.hop = hop
        self.floor = floor
        filterbank = try weights.matrix("filterbank", bands, transform.bins)
    }

    /// Samples → [spectra, bands]; the samples may end before the last spectrum, which then sees zeros.
    package func callAsFunction(_ samples: [Float], spectra: Int, on pool: WorkerPool) -> Tensor {
        var bands = Tensor([spectra, filterbank.outputs])
        for first in stride(from: 0, to: spectra, by: Self.spectraAtOnce) {
            let some = first..<min(first + Self.spectraAtOnce, spectra)
            let gathered = filterbank.apply(powers(samples, some, on: pool), on: pool)
            let offset = first * filterbank.outputs
            gathered.withPointer { powers in
                bands.withMutablePointer { values in
                    for index in 0..<gathered.count {
                        values[offset + index] = Float(logarithm(Double(powers[index] + floor)))
                    }
                }
            }
        }
        return bands
    }

    /// Spectra whose powers, a thousand numbers each, are in memory at a time.
    private static let spectraAtOnce = 1024

    /// Of the spectra numbered `some`: [spectra, bins]
    private func powers(_ samples: [Float], _ some: Range<Int>, on pool: WorkerPool) -> Tensor {
        let margin = (transform.size - hop) / 2
        let start = some.lowerBound * hop - margin
        var padded = [Float](repeating: 0, count: 2 * margin + some.count * hop)
        let (first, end) = (max(start, 0), min(start + padded.count, samples.count))
        if first < end { padded.replaceSubrange(first - start..<end - start, with: samples[first..<end]) }
        let scale = Float(4 / Double(transform.size) * (4 / Double(transform.size)))
        return transform.powers(
            of: padded, frames: some.count, hop: hop, window: window, scale: scale, on: pool)
    }
}
