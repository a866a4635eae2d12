import NeuralLayers
import Tensors

/// Sound to normalised log-frequency spectra, several of them stacked into one frame.
///
/// Keys: those of `LogBands`, `mean` and `deviation` [bands].
struct FrontEnd: Sendable {
    private let configuration: TokenizerConfiguration
    private let logBands: LogBands
    private let mean: Tensor
    private let deviation: Tensor

    init(_ configuration: TokenizerConfiguration, from weights: WeightScope) throws {
        self.configuration = configuration
        logBands = try LogBands(
            bands: configuration.bands, window: configuration.window, hop: configuration.hop,
            floor: configuration.floor, from: weights)
        mean = try weights.tensor("mean", [configuration.bands])
        deviation = try weights.tensor("deviation", [configuration.bands], in: .leastNormalMagnitude...)
    }

    /// Samples → [frames, stack · bands]; the last frame may be part silence.
    func callAsFunction(_ samples: [Float], on pool: WorkerPool) -> Tensor {
        let frames = (samples.count + configuration.frameSamples - 1) / configuration.frameSamples
        let bands = normalised(logBands(samples, spectra: frames * configuration.stack, on: pool))
        return bands.reshaped([frames, configuration.stack * configuration.bands])
    }

    /// [spectra, bands], each band less its mean over its deviation.
    private func normalised(_ bands: consuming Tensor) -> Tensor {
        let (rows, width) = (bands.rows, bands.columns)
        mean.withPointer { mean in
            deviation.withPointer { deviation in
                bands.withMutablePointer { target in
                    for row in 0..<rows {
                        let line = target + row * width
                        for band in 0..<width { line[band] = (line[band] - mean[band]) / deviation[band] }
                    }
                }
            }
        }
        return bands
    }
}
