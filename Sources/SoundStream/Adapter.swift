import NeuralLayers
import Tensors

/// What an adapter adds to a linear layer: up(down(x)), through few channels (LoRA, arXiv 2106.09685, section 4.1).
/// Keys: `down.weight` [rank, inputs], `up.weight` [outputs, rank], `up.bias` [outputs].
struct LowRankAddition: Sendable {
    private let down: Linear
    private let up: Linear

    init(_ inputs: Int, _ outputs: Int, rank: Int, from weights: WeightScope) throws {
        down = try Linear(inputs, rank, bias: false, from: weights["down"])
        up = try Linear(rank, outputs, bias: true, from: weights["up"])
    }

    /// `[frames, inputs]` → `[frames, outputs]`.
    func callAsFunction(_ x: Tensor, on pool: WorkerPool) -> Tensor { up(down(x, on: pool), on: pool) }
}

extension Linear {
    /// The layer's output and what an adapter adds to it.
    func callAsFunction(_ x: Tensor, adding addition: LowRankAddition?, on pool: WorkerPool) -> Tensor {
        var y = self(x, on: pool)
        if let addition { y.add(addition(x, on: pool)) }
        return y
    }
}

/// Additions to a block's linear layers.
struct BlockAdapter: Sendable {
    let expand: LowRankAddition  // "expand"
    let contract: LowRankAddition  // "contract"

    init(_ width: Int, expansion: Int, rank: Int, from weights: WeightScope) throws {
        expand = try LowRankAddition(width, expansion * width, rank: rank, from: weights["expand"])
        contract = try LowRankAddition(expansion * width, width, rank: rank, from: weights["contract"])
    }
}

/// Additions to a coder's linear layers, all but the linear path, which make it another network for codes of few levels.
struct CoderAdapter: Sendable {
    let input: LowRankAddition  // "input"
    let blocks: [BlockAdapter]  // "blocks.N"
    let output: LowRankAddition  // "output"

    /// For a `Coder` of the same sizes.
    init(_ c: CodecConfiguration, _ sizes: CoderSizes, from weights: WeightScope) throws {
        input = try LowRankAddition(sizes.inputs, sizes.width, rank: c.adapterRank, from: weights["input"])
        blocks = try (0..<sizes.blocks).map {
            try BlockAdapter(
                sizes.width, expansion: c.expansion, rank: c.adapterRank, from: weights["blocks"][$0])
        }
        output = try LowRankAddition(sizes.width, sizes.outputs, rank: c.adapterRank, from: weights["output"])
    }
}
