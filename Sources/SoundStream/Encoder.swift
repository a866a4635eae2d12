import NeuralLayers
import Tensors

/// MDCT and MDST coefficients `[frames, 2 · hop]` → latents `[frames, latentDimension]`, causal.
struct Encoder: Sendable {
    private let hop: Int
    private let deviation: Tensor  // "deviation"
    private let input: Linear  // "input"
    private let blocks: [ConvNeXtBlock]  // "blocks.N"
    private let norm: LayerNorm  // "norm"
    private let output: Linear  // "output"
    private let linearPath: Linear  // "linear_path"

    init(_ c: CodecConfiguration, from weights: WeightScope) throws {
        hop = c.hop
        deviation = try weights.tensor("deviation", [c.hop])
        input = try Linear(2 * c.hop, c.encoderDimension, bias: true, from: weights["input"])
        blocks = try (0..<c.encoderBlocks).map {
            try ConvNeXtBlock(
                c.encoderDimension, expansion: c.expansion, kernel: c.kernel, from: weights["blocks"][$0])
        }
        norm = try LayerNorm(c.encoderDimension, from: weights["norm"])
        output = try Linear(c.encoderDimension, c.latentDimension, bias: true, from: weights["output"])
        linearPath = try Linear(c.hop, c.latentDimension, bias: false, from: weights["linear_path"])
    }

    func makeState() -> [DepthwiseConv1d.State] { blocks.map { $0.makeState() } }

    /// The latents of the next frames; `state` holds the blocks' past.
    func callAsFunction(
        _ coefficients: Tensor, _ state: inout [DepthwiseConv1d.State], on pool: WorkerPool
    ) -> Tensor {
        let features = features(coefficients, on: pool)
        var x = input(features, on: pool)
        for (index, block) in blocks.enumerated() { x = block(x, &state[index], on: pool) }
        var latents = output(norm(x), on: pool)
        latents.add(linearPath(features.columns(0..<hop), on: pool))
        return latents
    }

    /// What the network sees: each coefficient in units of its deviation, signed and compressed, then the
    /// loudness of each bin, about 1 at full scale to −1 at 80 dB below its usual level. `[frames, 2 · hop]`.
    func features(_ coefficients: Tensor, on pool: WorkerPool) -> Tensor {
        let (frames, hop) = (coefficients.rows, hop)
        var features = Tensor(uninitialized: [frames, 2 * hop])
        coefficients.withPointer { source in
            deviation.withPointer { deviation in
                features.withMutablePointer { target in
                    pool.run(frames) { frame in
                        let source = source + frame * 2 * hop
                        let target = target + frame * 2 * hop
                        for bin in 0..<hop {
                            let (real, imaginary) = (source[bin], source[hop + bin])
                            let magnitude =
                                (real * real + imaginary * imaginary).squareRoot() / deviation[bin]
                            target[bin] = inverseHyperbolicSine(real / deviation[bin])
                            target[hop + bin] = logarithm(magnitude + 1e-4) / 5 + 1
                        }
                    }
                }
            }
        }
        return features
    }
}
