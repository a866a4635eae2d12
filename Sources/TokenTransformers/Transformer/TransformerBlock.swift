import NeuralLayers
import Tensors

/// Pre-norm attention and SwiGLU feed-forward, each added to its input: `[rows, width]` → `[rows, width]`.
///
/// A class, since a structure of so many matrices would count a reference to each whenever it is called, and threads that
/// call it at the same time would wait for each other's counts.
final class TransformerBlock: Sendable {
    private let width: Int
    private let attentionNorm: RMSNorm
    private let attention: Attention
    private let feedForwardNorm: RMSNorm
    private let feedForward: FeedForward

    init(_ configuration: TransformerConfiguration, from weights: WeightScope) throws {
        width = configuration.width
        attentionNorm = try RMSNorm(width, from: weights["attention_norm"])
        attention = try Attention(
            width, heads: configuration.heads, bias: false, from: weights["attention"])
        feedForwardNorm = try RMSNorm(width, from: weights["feed_forward_norm"])
        feedForward = try FeedForward(
            width, hidden: configuration.feedForward, activation: .swiglu, bias: false,
            from: weights["feed_forward"])
    }

    func makeBuffers(rotary: RotaryTable) -> TransformerBuffers {
        TransformerBuffers(
            rotary: rotary, normed: Tensor([0, width]), added: Tensor([0, width]),
            attention: attention.makeBuffers(), feedForward: feedForward.makeBuffers())
    }

    /// Causal, in place: the positions that follow those in `cache`.
    func callAsFunction(
        _ x: inout Tensor, cache: inout KVCache, _ buffers: inout TransformerBuffers, on pool: WorkerPool
    ) {
        buffers.setRows(x.rows)
        attentionNorm(x, into: &buffers.normed)
        attention(
            buffers.normed, into: &buffers.added, rotary: buffers.rotary, cache: &cache, &buffers.attention,
            on: pool)
        x.add(buffers.added)
        addFeedForward(to: &x, &buffers, on: pool)
    }

    /// Bidirectional, in place: every row sees every row. Only the rows from `first` on are left.
    func full(
        _ x: inout Tensor, from first: Int, _ buffers: inout TransformerBuffers, on pool: WorkerPool
    ) {
        buffers.normed.setRows(x.rows)
        attentionNorm(x, into: &buffers.normed)
        if first > 0 { x = x.rows(first..<x.rows) }
        buffers.added.setRows(x.rows)
        attention.full(
            buffers.normed, from: first, into: &buffers.added, rotary: buffers.rotary, &buffers.attention,
            on: pool)
        x.add(buffers.added)
        addFeedForward(to: &x, &buffers, on: pool)
    }

    private func addFeedForward(to x: inout Tensor, _ buffers: inout TransformerBuffers, on pool: WorkerPool)
    {
        buffers.setRows(x.rows)
        feedForwardNorm(x, into: &buffers.normed)
        feedForward(buffers.normed, into: &buffers.added, &buffers.feedForward, on: pool)
        x.add(buffers.added)
    }
}

/// Memory for what lies between a transformer's input and output, kept from step to step.
package struct TransformerBuffers: Sendable {
    /// The turns of the positions of the step.
    var rotary: RotaryTable
    fileprivate var normed: Tensor
    fileprivate var added: Tensor
    fileprivate var attention: Attention.Buffers
    fileprivate var feedForward: FeedForward.Buffers

    fileprivate mutating func setRows(_ rows: Int) {
        normed.setRows(rows)
        added.setRows(rows)
    }
}
