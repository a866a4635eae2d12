import NeuralLayers

/// The past of one sequence, or of several in step, in all layers of a causal transformer, as far as its window reaches.
struct TransformerCache: Sendable {
    var layers: [KVCache]
    var buffers: TransformerBuffers

    /// The position that comes next.
    var position: Int { layers[0].position }
    var sequences: Int { layers[0].sequences }

    /// The past of this one sequence as that of `count` sequences.
    func repeated(_ count: Int) -> TransformerCache {
        TransformerCache(layers: layers.map { $0.repeated(count) }, buffers: buffers)
    }
}
