import NeuralLayers
import Tensors
import TestSupport
import Testing

/// Pieces equal the whole, and threads do not matter: bit for bit.
@Suite struct LayerInvariantTests {
    let scope: WeightScope
    let pool = WorkerPool(threads: 2)
    let width = 24
    /// Longer than the ring of a cache of window 6 holds.
    let x: Tensor

    init() throws {
        scope = WeightScope(try Fixtures.golden("layers/layers.safetensors"))
        var random = SeededGenerator(seed: 11)
        x = random.tensor([150, 24])
    }

    private func attend(_ layer: Attention, pieces: [Int], on pool: WorkerPool) -> Tensor {
        let rotary = RotaryEmbedding(headDimension: layer.headDimension)
        var cache = KVCache(window: 6, channels: width, heads: 3)
        var outputs: [Tensor] = []
        while cache.position < x.rows {
            let start = cache.position
            let end = min(start + pieces[outputs.count % pieces.count], x.rows)
            outputs.append(
                layer(x.rows(start..<end), rotary: rotary.table(start..<end), cache: &cache, on: pool))
        }
        return Tensor.concatenateRows(outputs)
    }

    @Test(arguments: [[1], [2, 5], [7], [64], [65, 1], [100]])
    func cachedAttentionEqualsUncached(pieces: [Int]) throws {
        let layer = try Attention(width, heads: 3, bias: true, from: scope["attention"])
        expectIdentical(attend(layer, pieces: pieces, on: pool), attend(layer, pieces: [150], on: pool))
    }

    @Test func threadsDoNotMatter() throws {
        let one = WorkerPool(threads: 1)
        let layer = try Attention(width, heads: 3, bias: true, from: scope["attention"])
        expectIdentical(attend(layer, pieces: [150], on: one), attend(layer, pieces: [150], on: pool))
        let rotary = RotaryEmbedding(headDimension: layer.headDimension).table(0..<x.rows)
        expectIdentical(layer.full(x, rotary: rotary, on: one), layer.full(x, rotary: rotary, on: pool))
        let ff = try FeedForward(width, hidden: 40, activation: .swiglu, bias: false, from: scope["swiglu"])
        expectIdentical(ff(x, on: one), ff(x, on: pool))
    }

    @Test(arguments: [1, 2, 13, 40, 149])
    func streamedConvolutionEqualsWhole(piece: Int) throws {
        let layer = try DepthwiseConv1d(width, taps: 7, dilation: 2, bias: true, from: scope["depthwise"])
        var state = layer.makeState()
        let outputs = stride(from: 0, to: x.rows, by: piece).map {
            layer(x.rows($0..<min($0 + piece, x.rows)), &state, on: pool)
        }
        expectIdentical(Tensor.concatenateRows(outputs), layer.causal(x, on: pool))
    }
}
