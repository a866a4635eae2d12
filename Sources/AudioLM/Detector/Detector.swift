import NeuralLayers
import Tensors

/// Tells a bundle's continuations from real sound that its codec has coded: convolutions over the log-mel spectra of a
/// second, whatever its level (AudioLM, section IV-F).
///
/// Keys: `front_end.filterbank`, `convolutions.<n>` and `head`.
struct Detector: Sendable {
    /// Root mean square below which a second is a pause and nobody's, −50 dB.
    private static let quietest = 3e-3

    let configuration: DetectorConfiguration
    private let frontEnd: LogBands
    private let convolutions: [Conv1d]
    private let head: Linear

    /// Throws `ModelError` or `SafetensorsError` where the weights are not this model's.
    init(_ configuration: DetectorConfiguration, from weights: WeightScope) throws {
        self.configuration = configuration
        frontEnd = try LogBands(
            bands: configuration.bands, window: configuration.window, hop: configuration.hop,
            floor: configuration.floor, from: weights["front_end"])
        convolutions = try configuration.strides.enumerated().map { index, stride in
            try Conv1d(
                index == 0 ? configuration.bands : configuration.width, configuration.width,
                taps: configuration.taps, stride: stride, bias: true, from: weights["convolutions"][index])
        }
        head = try Linear(configuration.width, 1, bias: true, from: weights["head"])
    }

    /// The share of the crops that are called synthetic, pauses and an incomplete last one left out; nil where
    /// nothing is left.
    func syntheticShare(of samples: [Float], on pool: WorkerPool) -> Double? {
        let crops = stride(from: 0, through: samples.count - configuration.crop, by: configuration.crop)
            .map { Array(samples[$0..<$0 + configuration.crop]) }.filter(Self.sounds)
        guard !crops.isEmpty else { return nil }
        return Double(crops.count { logit(of: $0, on: pool) > 0 }) / Double(crops.count)
    }

    /// The logarithm of the odds that a crop is synthetic.
    /// - Parameter crop: `configuration.crop` samples.
    func logit(of crop: [Float], on pool: WorkerPool) -> Float {
        var x = frontEnd(crop, spectra: configuration.crop / configuration.hop, on: pool)
        x.scale(by: 1, adding: -Self.mean(x))
        for convolution in convolutions {
            x = convolution(x, left: convolution.taps / 2, right: convolution.taps / 2, on: pool)
            x.relu()
        }
        return head(x.meanOfRows(), on: pool)[0]
    }

    private static func sounds(_ crop: [Float]) -> Bool {
        crop.reduce(0.0) { $0 + Double($1 * $1) } > Double(crop.count) * quietest * quietest
    }

    private static func mean(_ x: Tensor) -> Float {
        Float(x.elements.reduce(0.0) { $0 + Double($1) } / Double(x.count))
    }
}
