import NeuralLayers
import Tensors

/// Latents `[frames, latentDimension]` → MDCT coefficients `[frames, hop]`, causal.
struct Decoder: Sendable {
    private let hop: Int
    private let deviation: Tensor  // "deviation"
    private let input: Linear  // "input"
    private let blocks: [ConvNeXtBlock]  // "blocks.N"
    private let norm: LayerNorm  // "norm"
    private let shape: Linear  // "shape": sign and fine structure
    private let gain: Linear  // "gain": logarithm of the level
    private let linearPath: Linear  // "linear_path"

    init(_ c: CodecConfiguration, from weights: WeightScope) throws {
        hop = c.hop
        deviation = try weights.tensor("deviation", [c.hop])
        input = try Linear(c.latentDimension, c.decoderDimension, bias: true, from: weights["input"])
        blocks = try (0..<c.decoderBlocks).map {
            try ConvNeXtBlock(
                c.decoderDimension, expansion: c.expansion, kernel: c.kernel, from: weights["blocks"][$0])
        }
        norm = try LayerNorm(c.decoderDimension, from: weights["norm"])
        shape = try Linear(c.decoderDimension, c.hop, bias: true, from: weights["shape"])
        gain = try Linear(c.decoderDimension, c.hop, bias: true, from: weights["gain"])
        linearPath = try Linear(c.latentDimension, c.hop, bias: false, from: weights["linear_path"])
    }

    func makeState() -> [DepthwiseConv1d.State] { blocks.map { $0.makeState() } }

    /// The coefficients of the next frames; `state` holds the blocks' past.
    func callAsFunction(
        _ latents: Tensor, _ state: inout [DepthwiseConv1d.State], on pool: WorkerPool
    ) -> Tensor {
        var x = input(latents, on: pool)
        for (index, block) in blocks.enumerated() { x = block(x, &state[index], on: pool) }
        x = norm(x)
        var shapes = shape(x, on: pool)
        shapes.add(linearPath(latents, on: pool))
        expand(&shapes, by: gain(x, on: pool), on: pool)
        return shapes
    }

    /// deviation · exp(gain) · sinh(shape), both bounded: `[frames, hop]` in place.
    private func expand(_ shapes: inout Tensor, by gains: Tensor, on pool: WorkerPool) {
        let (frames, hop) = (shapes.rows, hop)
        gains.withPointer { gains in
            deviation.withPointer { deviation in
                shapes.withMutablePointer { shapes in
                    pool.run(frames) { frame in
                        let gains = gains + frame * hop
                        let shapes = shapes + frame * hop
                        for bin in 0..<hop {
                            let level = deviation[bin] * exponential(min(max(gains[bin], -8), 4))
                            shapes[bin] = level * hyperbolicSine(min(max(shapes[bin], -6), 6))
                        }
                    }
                }
            }
        }
    }
}
