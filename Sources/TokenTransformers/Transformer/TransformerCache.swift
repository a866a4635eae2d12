import NeuralLayers

/// The past of one sequence in all layers of a causal transformer, as far as its window reaches.
struct TransformerCache: Sendable {
    var layers: [KVCache]

    init(layers: Int, window: Int, width: Int) {
        self.layers = (0..<layers).map { _ in KVCache(window: window, channels: width) }
    }

    /// The position that comes next.
    var position: Int { layers[0].position }
}
