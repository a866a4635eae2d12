import NeuralLayers
import Tensors

/// The blocks that a stage consists of, and a final norm: `[rows, width]` → `[rows, width]`.
struct Transformer: Sendable {
    let configuration: TransformerConfiguration
    let blocks: [TransformerBlock]
    let norm: RMSNorm
    let rotary: RotaryEmbedding

    init(_ configuration: TransformerConfiguration, from weights: WeightScope) throws {
        self.configuration = configuration
        blocks = try (0..<configuration.layers).map {
            try TransformerBlock(configuration, from: weights["blocks"][$0])
        }
        norm = try RMSNorm(configuration.width, from: weights["norm"])
        rotary = RotaryEmbedding(headDimension: configuration.width / configuration.heads)
    }

    /// Causal: the positions that follow those in `cache`, one or many, with the same result.
    func callAsFunction(_ x: Tensor, cache: inout TransformerCache, on pool: WorkerPool) -> Tensor {
        let table = rotary.table(cache.position..<(cache.position + x.rows))
        var y = x
        for (index, block) in blocks.enumerated() {
            y = block(y, rotary: table, cache: &cache.layers[index], on: pool)
        }
        return norm(y)
    }

    /// Bidirectional: every row sees every row.
    func full(_ x: Tensor, on pool: WorkerPool) -> Tensor {
        let table = rotary.table(0..<x.rows)
        return norm(blocks.reduce(x) { $1.full($0, rotary: table, on: pool) })
    }

    func makeCache(window: Int) -> TransformerCache {
        TransformerCache(layers: configuration.layers, window: window, width: configuration.width)
    }
}
