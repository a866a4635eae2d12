import NeuralLayers
import Tensors

/// ConvNeXt blocks and a linear path beside them: `[frames, inputs]` → `[frames, outputs]`, causal.
struct Coder: Sendable {
    private let input: Linear  // "input"
    private let blocks: [ConvNeXtBlock]  // "blocks.N"
    private let norm: LayerNorm  // "norm"
    private let output: Linear  // "output"
    private let linearPath: Linear  // "linear_path"

    init(_ c: CodecConfiguration, _ sizes: CoderSizes, from weights: WeightScope) throws {
        input = try Linear(sizes.inputs, sizes.width, bias: true, from: weights["input"])
        blocks = try (0..<sizes.blocks).map {
            try ConvNeXtBlock(
                sizes.width, expansion: c.expansion, kernel: c.kernel, from: weights["blocks"][$0])
        }
        norm = try LayerNorm(sizes.width, from: weights["norm"])
        output = try Linear(sizes.width, sizes.outputs, bias: true, from: weights["output"])
        linearPath = try Linear(sizes.inputs, sizes.outputs, bias: false, from: weights["linear_path"])
    }

    func makeState() -> [DepthwiseConv1d.State] { blocks.map { $0.makeState() } }

    /// The next frames; `state` holds the blocks' past.
    func callAsFunction(
        _ inputs: Tensor, adapter: CoderAdapter? = nil, _ state: inout [DepthwiseConv1d.State],
        on pool: WorkerPool
    ) -> Tensor {
        var x = input(inputs, adding: adapter?.input, on: pool)
        for (index, block) in blocks.enumerated() {
            x = block(x, adapter: adapter?.blocks[index], &state[index], on: pool)
        }
        var outputs = output(norm(x), adding: adapter?.output, on: pool)
        outputs.add(linearPath(inputs, on: pool))
        return outputs
    }
}
