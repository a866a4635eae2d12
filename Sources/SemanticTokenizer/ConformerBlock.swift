import NeuralLayers
import Tensors

/// Half a feed-forward step, attention, convolution, half a feed-forward step, norm (Gulati et al., 2020):
/// [frames, width] → [frames, width]. All parts are pre-normalised; attention sees every frame.
struct ConformerBlock: Sendable {
    private let feedForwardIn: NormalisedFeedForward  // "feed_forward_in"
    private let attentionNorm: LayerNorm  // "attention.norm"
    private let attention: Attention  // "attention"
    private let convolution: ConvolutionModule  // "convolution"
    private let feedForwardOut: NormalisedFeedForward  // "feed_forward_out"
    private let norm: LayerNorm  // "norm"

    init(_ c: TokenizerConfiguration, from weights: WeightScope) throws {
        feedForwardIn = try NormalisedFeedForward(c, from: weights["feed_forward_in"])
        attentionNorm = try LayerNorm(c.width, from: weights["attention"]["norm"])
        attention = try Attention(c.width, heads: c.heads, bias: true, from: weights["attention"])
        convolution = try ConvolutionModule(c, from: weights["convolution"])
        feedForwardOut = try NormalisedFeedForward(c, from: weights["feed_forward_out"])
        norm = try LayerNorm(c.width, from: weights["norm"])
    }

    func callAsFunction(_ input: Tensor, rotary: RotaryTable, on pool: WorkerPool) -> Tensor {
        var x = input
        x.add(feedForwardIn.halfStep(x, on: pool))
        x.add(attention.full(attentionNorm(x), rotary: rotary, on: pool))
        x.add(convolution(x, on: pool))
        x.add(feedForwardOut.halfStep(x, on: pool))
        return norm(x)
    }
}

/// A feed-forward network with SiLU behind its own norm. Keys: `norm`, `up`, `down`.
private struct NormalisedFeedForward: Sendable {
    private let norm: LayerNorm
    private let network: FeedForward

    init(_ c: TokenizerConfiguration, from weights: WeightScope) throws {
        norm = try LayerNorm(c.width, from: weights["norm"])
        network = try FeedForward(
            c.width, hidden: c.width * c.expansion, activation: .silu, bias: true, from: weights)
    }

    /// Half of the network's output: [frames, width] → [frames, width].
    func halfStep(_ x: Tensor, on pool: WorkerPool) -> Tensor {
        var y = network(norm(x), on: pool)
        y.scale(by: 0.5)
        return y
    }
}
