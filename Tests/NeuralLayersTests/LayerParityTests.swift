import NeuralLayers
import Tensors
import TestSupport
import Testing

/// Every layer against PyTorch, on `Fixtures/layers/layers.safetensors`.
@Suite struct LayerParityTests {
    let file: SafetensorsFile
    let scope: WeightScope
    let x: Tensor
    let pool = WorkerPool(threads: 2)
    let width = 24

    init() throws {
        file = try Fixtures.golden("layers/layers.safetensors")
        scope = WeightScope(file)
        x = try file.tensor("x")
    }

    @Test func linearInEveryFormat() throws {
        let linear = try Linear(width, 19, bias: true, from: scope["linear"])
        expectClose(linear(x, on: pool), try file.tensor("linear.y"))
        for format in ["int8", "bfloat16"] {
            let linear = try Linear(width, 19, bias: false, from: scope[format])
            #expect(linear.matrix.format.rawValue == format)
            expectClose(linear(x, on: pool), try file.tensor(format + ".y"), absolute: 3e-5, format)
        }
    }

    @Test func norms() throws {
        expectClose(try LayerNorm(width, from: scope["layer_norm"])(x), try file.tensor("layer_norm.y"))
        expectClose(try RMSNorm(width, from: scope["rms_norm"])(x), try file.tensor("rms_norm.y"))
    }

    @Test func feedForward() throws {
        for (name, activation) in [("silu", FeedForward.Activation.silu), ("swiglu", .swiglu)] {
            let layer = try FeedForward(
                width, hidden: 40, activation: activation, bias: false, from: scope[name])
            expectClose(layer(x, on: pool), try file.tensor(name + ".y"), name)
        }
    }

    @Test func depthwiseConvolution() throws {
        let layer = try DepthwiseConv1d(width, taps: 7, dilation: 2, bias: true, from: scope["depthwise"])
        expectClose(layer.causal(x, on: pool), try file.tensor("depthwise.causal"))
        expectClose(layer.symmetric(x, on: pool), try file.tensor("depthwise.symmetric"))
    }

    @Test func convolution() throws {
        let layer = try Conv1d(width, 10, taps: 3, stride: 2, bias: true, from: scope["convolution"])
        expectClose(layer(x, left: 1, right: 1, on: pool), try file.tensor("convolution.y"))
    }

    @Test func attention() throws {
        let layer = try Attention(width, heads: 3, bias: true, from: scope["attention"])
        let rotary = RotaryEmbedding(headDimension: layer.headDimension).table(0..<x.rows)
        expectClose(layer.full(x, rotary: rotary, on: pool), try file.tensor("attention.full"))
        var cache = KVCache(window: 6, channels: width, heads: 3)
        expectClose(
            layer(x, rotary: rotary, cache: &cache, on: pool), try file.tensor("attention.causal"))
    }

    @Test func embedding() throws {
        let layer = try Embedding(9, width, from: scope["embedding"])
        expectIdentical(layer(try file.integers("embedding.tokens")), try file.tensor("embedding.y"))
    }
}
