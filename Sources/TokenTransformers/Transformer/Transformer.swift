import NeuralLayers
import Tensors

/// The blocks that a stage consists of, and a final norm: `[rows, width]` → `[rows, width]`.
struct Transformer: Sendable {
    let configuration: TransformerConfiguration
    private let blocks: [TransformerBlock]
    private let norm: RMSNorm
    private let rotary: RotaryEmbedding

    init(_ configuration: TransformerConfiguration, from weights: WeightScope) throws {
        self.configuration = configuration
        blocks = try (0..<configuration.layers).map {
            try TransformerBlock(configuration, from: weights["blocks"][$0])
        }
        norm = try RMSNorm(configuration.width, from: weights["norm"])
        rotary = RotaryEmbedding(headDimension: configuration.width / configuration.heads)
    }

    /// Causal, in place: the positions of every sequence that follow those in `cache`, one or many, with the same
    /// result. Allocates nothing if the call before had as many rows.
    func callAsFunction(_ x: inout Tensor, cache: inout TransformerCache, on pool: WorkerPool) {
        let first = cache.position
        rotary.move(&cache.buffers.rotary, to: first..<first + x.rows / cache.sequences)
        for (index, block) in blocks.enumerated() {
            block(&x, cache: &cache.layers[index], &cache.buffers, on: pool)
        }
        norm(&x)
    }

    /// Bidirectional, in place: every row sees every row. Only the rows from `first` on are left.
    func full(_ x: inout Tensor, from first: Int, _ buffers: inout TransformerBuffers, on pool: WorkerPool) {
        rotary.move(&buffers.rotary, to: 0..<x.rows)
        for (index, block) in blocks.enumerated() {
            block.full(&x, from: index == blocks.count - 1 ? first : 0, &buffers, on: pool)
        }
        norm(&x)
    }

    func makeCache(window: Int) -> TransformerCache {
        TransformerCache(
            layers: (0..<configuration.layers).map { _ in
                KVCache(
                    window: window, channels: configuration.width, heads: configuration.heads)
            }, buffers: makeBuffers())
    }

    func makeBuffers() -> TransformerBuffers { blocks[0].makeBuffers(rotary: rotary.table(0..<0)) }
}
