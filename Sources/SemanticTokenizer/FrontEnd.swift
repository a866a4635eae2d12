import NeuralLayers
import Tensors

/// Sound to normalised log-frequency spectra, several of them stacked into one frame.
///
/// Spectrum j is that of the Hann window centred on sample hop · (j + ½), with zeros beyond the ends; its power, 1 for
/// a full-scale sine, is gathered into bands, and its natural logarithm taken above a floor. Keys: `filterbank`
/// [bands, bins], `mean` and `deviation` [bands].
struct FrontEnd: Sendable {
    private let configuration: TokenizerConfiguration
    private let transform: RealFFT
    private let window: [Float]
    private let filterbank: PackedMatrix
    private let mean: Tensor
    private let deviation: Tensor

    init(_ configuration: TokenizerConfiguration, from weights: WeightScope) throws {
        self.configuration = configuration
        transform = RealFFT(size: configuration.window)
        window = hannWindow(configuration.window)
        filterbank = try weights.matrix("filterbank", configuration.bands, transform.bins)
        mean = try weights.tensor("mean", [configuration.bands])
        deviation = try weights.tensor("deviation", [configuration.bands])
    }

    /// Samples → [frames, stack · bands]; the last frame may be part silence.
    func callAsFunction(_ samples: [Float], on pool: WorkerPool) -> Tensor {
        let frames = (samples.count + configuration.frameSamples - 1) / configuration.frameSamples
        let bands = logBands(samples, spectra: frames * configuration.stack, on: pool)
        return bands.reshaped([frames, configuration.stack * configuration.bands])
    }

    /// [spectra, bands], normalised.
    private func logBands(_ samples: [Float], spectra: Int, on pool: WorkerPool) -> Tensor {
        var bands = filterbank.apply(powers(samples, spectra: spectra, on: pool), on: pool)
        let (width, floor) = (configuration.bands, configuration.floor)
        mean.withPointer { mean in
            deviation.withPointer { deviation in
                bands.withMutablePointer { target in
                    for row in 0..<spectra {
                        let line = target + row * width
                        for band in 0..<width {
                            let level = Float(logarithm(Double(line[band] + floor)))
                            line[band] = (level - mean[band]) / deviation[band]
                        }
                    }
                }
            }
        }
        return bands
    }

    /// [spectra, bins]
    private func powers(_ samples: [Float], spectra: Int, on pool: WorkerPool) -> Tensor {
        let (window, hop) = (configuration.window, configuration.hop)
        let margin = (window - hop) / 2
        var padded = [Float](repeating: 0, count: 2 * margin + spectra * hop)
        padded.replaceSubrange(margin..<margin + samples.count, with: samples)
        let scale = Float(4 / Double(window) * (4 / Double(window)))
        return transform.powers(
            of: padded, frames: spectra, hop: hop, window: self.window, scale: scale, on: pool)
    }
}
