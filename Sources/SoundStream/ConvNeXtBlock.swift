import NeuralLayers
import Tensors

/// Causal depthwise convolution over frames, then a two-layer network on each frame, added to its input:
/// `[frames, width]` → `[frames, width]` (ConvNeXt, arXiv 2201.03545, section 2.6).
struct ConvNeXtBlock: Sendable {
    private let depthwise: DepthwiseConv1d  // "depthwise"
    private let norm: LayerNorm  // "norm"
    private let expand: Linear  // "expand"
    private let contract: Linear  // "contract"
    private let scale: Tensor  // "scale"

    init(_ width: Int, expansion: Int, kernel: Int, from weights: WeightScope) throws {
        depthwise = try DepthwiseConv1d(width, taps: kernel, bias: true, from: weights["depthwise"])
        norm = try LayerNorm(width, from: weights["norm"])
        expand = try Linear(width, expansion * width, bias: true, from: weights["expand"])
        contract = try Linear(expansion * width, width, bias: true, from: weights["contract"])
        scale = try weights.tensor("scale", [width])
    }

    func makeState() -> DepthwiseConv1d.State { depthwise.makeState() }

    /// The next frames; `state` holds the frames before them.
    func callAsFunction(
        _ x: Tensor, adapter: BlockAdapter? = nil, _ state: inout DepthwiseConv1d.State, on pool: WorkerPool
    ) -> Tensor {
        var inner = expand(norm(depthwise(x, &state, on: pool)), adding: adapter?.expand, on: pool)
        inner.geluTanh()
        var y = contract(inner, adding: adapter?.contract, on: pool)
        y.scaleColumns(by: scale)
        y.add(x)
        return y
    }
}
