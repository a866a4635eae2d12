import NeuralLayers
import Tensors

/// Pre-norm attention and SwiGLU feed-forward, each added to its input: `[rows, width]` → `[rows, width]`.
struct TransformerBlock: Sendable {
    let attentionNorm: RMSNorm
    let attention: Attention
    let feedForwardNorm: RMSNorm
    let feedForward: FeedForward

    init(_ configuration: TransformerConfiguration, from weights: WeightScope) throws {
        let width = configuration.width
        attentionNorm = try RMSNorm(width, from: weights["attention_norm"])
        attention = try Attention(
            width, heads: configuration.heads, bias: false, from: weights["attention"])
        feedForwardNorm = try RMSNorm(width, from: weights["feed_forward_norm"])
        feedForward = try FeedForward(
            width, hidden: configuration.feedForward, activation: .swiglu, bias: false,
            from: weights["feed_forward"])
    }

    /// Causal: the positions that follow those in `cache`.
    func callAsFunction(
        _ x: Tensor, rotary: RotaryTable, cache: inout KVCache, on pool: WorkerPool
    ) -> Tensor {
        finish(x, attention(attentionNorm(x), rotary: rotary, cache: &cache, on: pool), on: pool)
    }

    /// Bidirectional: every row sees every row.
    func full(_ x: Tensor, rotary: RotaryTable, on pool: WorkerPool) -> Tensor {
        finish(x, attention.full(attentionNorm(x), rotary: rotary, on: pool), on: pool)
    }

    private func finish(_ x: Tensor, _ attended: Tensor, on pool: WorkerPool) -> Tensor {
        var y = x
        y.add(attended)
        y.add(feedForward(feedForwardNorm(y), on: pool))
        return y
    }
}
