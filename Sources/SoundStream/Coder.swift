import NeuralLayers
import Tensors

/// ConvNeXt blocks and a linear path beside them: `[frames, inputs]` → `[frames, outputs]`, causal.
struct Coder: Sendable {
    private let input: Linear  // "input"
    private let blocks: [ConvNeXtBlock]  // "blocks.N"
    private let norm: LayerNorm  // "norm"
    private let output: Linear  // "output"
    private let linearPath: Linear  // "linear_path"

    /// - Parameters:
    ///   - width: channels of the blocks.
    ///   - count: number of blocks.
    init(
        _ c: CodecConfiguration, inputs: Int, width: Int, blocks count: Int, outputs: Int,
        from weights: WeightScope
    ) throws {
        input = try Linear(inputs, width, bias: true, from: weights["input"])
        blocks = try (0..<count).map {
            try ConvNeXtBlock(width, expansion: c.expansion, kernel: c.kernel, from: weights["blocks"][$0])
        }
        norm = try LayerNorm(width, from: weights["norm"])
        output = try Linear(width, outputs, bias: true, from: weights["output"])
        linearPath = try Linear(inputs, outputs, bias: false, from: weights["linear_path"])
    }

    func makeState() -> [DepthwiseConv1d.State] { blocks.map { $0.makeState() } }

    /// The next frames; `state` holds the blocks' past.
    func callAsFunction(
        _ inputs: Tensor, _ state: inout [DepthwiseConv1d.State], on pool: WorkerPool
    ) -> Tensor {
        var x = input(inputs, on: pool)
        for (index, block) in blocks.enumerated() { x = block(x, &state[index], on: pool) }
        var outputs = output(norm(x), on: pool)
        outputs.add(linearPath(inputs, on: pool))
        return outputs
    }
}
