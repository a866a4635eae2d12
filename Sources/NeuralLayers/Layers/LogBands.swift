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
        var bands = filterbank.apply(powers(samples, spectra: spectra, on: pool), on: pool)
        let count = bands.count
        bands.withMutablePointer { values in
            for index in 0..<count { values[index] = Float(logarithm(Double(values[index] + floor))) }
        }
        return bands
    }

    /// [spectra, bins]
    private func powers(_ samples: [Float], spectra: Int, on pool: WorkerPool) -> Tensor {
        let margin = (transform.size - hop) / 2
        var padded = [Float](repeating: 0, count: 2 * margin + spectra * hop)
        padded.replaceSubrange(margin..<margin + samples.count, with: samples)
        let scale = Float(4 / Double(transform.size) * (4 / Double(transform.size)))
        return transform.powers(
            of: padded, frames: spectra, hop: hop, window: window, scale: scale, on: pool)
    }
}
