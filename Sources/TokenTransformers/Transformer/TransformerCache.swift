import NeuralLayers

/// The past of one sequence, or of several in step, in all layers of a causal transformer, as far as its window reaches.
struct TransformerCache: Sendable {
    var layers: [KVCache]
    var buffers: TransformerBuffers

    /// The position that comes next.
    var position: Int { layers[0].position }
    var sequences: Int { layers[0].sequences }

    /// Each sequence as `count` branches, which may go on by `length` positions before one of them is kept.
    func branched(_ count: Int, length: Int) -> TransformerCache {
        TransformerCache(layers: layers.map { $0.branched(count, length: length) }, buffers: buffers)
    }

    /// Lets all branches of each sequence go on from one of them.
    mutating func keep(_ chosen: [Int]) {
        for layer in layers.indices { layers[layer].keep(chosen) }
    }

    /// The past of this one sequence as that of `count` sequences.
    func repeated(_ count: Int) -> TransformerCache {
        TransformerCache(layers: layers.map { $0.repeated(count) }, buffers: buffers)
    }
}
