import NeuralLayers
import Tensors

/// The convolution module of a Conformer: norm, gated pointwise, depthwise, norm, SiLU, pointwise;
/// [frames, width] → [frames, width]. Keys: `norm`, `gate`, `depthwise`, `depthwise_norm`, `out`.
struct ConvolutionModule: Sendable {
    private let width: Int
    private let norm: LayerNorm
    private let gate: Linear
    private let depthwise: DepthwiseConv1d
    private let depthwiseNorm: LayerNorm
    private let out: Linear

    init(_ c: TokenizerConfiguration, from weights: WeightScope) throws {
        width = c.width
        norm = try LayerNorm(c.width, from: weights["norm"])
        gate = try Linear(c.width, 2 * c.width, bias: true, from: weights["gate"])
        depthwise = try DepthwiseConv1d(c.width, taps: c.kernel, bias: true, from: weights["depthwise"])
        depthwiseNorm = try LayerNorm(c.width, from: weights["depthwise_norm"])
        out = try Linear(c.width, c.width, bias: true, from: weights["out"])
    }

    func callAsFunction(_ x: Tensor, on pool: WorkerPool) -> Tensor {
        let doubled = gate(norm(x), on: pool)
        var opening = doubled.columns(width..<2 * width)
        opening.sigmoid()
        var gated = doubled.columns(0..<width)
        gated.multiply(by: opening)
        var y = depthwiseNorm(depthwise.symmetric(gated, on: pool))
        y.silu()
        return out(y, on: pool)
    }
}
