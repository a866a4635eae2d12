package import NeuralLayers
package import Tensors

/// Stage 3: coarse to fine acoustic tokens, one level per pass, all frames of a window at once.
///
/// AudioLM's section III-E with the parallel prediction of VALL-E's second stage: a bidirectional transformer sees
/// the sum of the embeddings of all lower levels and, over the prompt, of all levels.
package struct FineStage: Sendable {
    package let configuration: FineStageConfiguration
    private let embeddings: [Embedding]
    private let levelEmbedding: Embedding
    private let transformer: Transformer
    private let heads: [Linear]

    /// Throws `StageConfigurationError` for an impossible configuration, and `ModelError` or `SafetensorsError` where the
    /// weights are not this model's.
    package init(_ configuration: FineStageConfiguration, from weights: WeightScope) throws {
        try configuration.validate()
        self.configuration = configuration
        let (width, fineLevels) = (configuration.transformer.width, configuration.fineLevels)
        embeddings = try (0..<configuration.levels).map {
            try Embedding(configuration.codes, width, from: weights["embeddings"][$0])
        }
        levelEmbedding = try Embedding(fineLevels.count, width, from: weights["level_embedding"])
        transformer = try Transformer(configuration.transformer, from: weights["transformer"])
        heads = try fineLevels.indices.map {
            try Linear(
                width, configuration.codes, bias: false, from: weights["heads"][$0 - fineLevels.lowerBound])
        }
    }

    /// Draws the codes of one level of a window's frames from `promptFrames` on.
    /// - Parameters:
    ///   - window: `[frames][levels]`, the prompt's frames whole, the others known below `level`; at most
    ///     `windowFrames` frames.
    ///   - level: one of the configuration's `fineLevels`, in order.
    package func predict(
        _ level: Int, of window: inout [[Int]], promptFrames: Int, _ sampler: inout TokenSampler,
        on pool: WorkerPool
    ) {
        let logits = logits(level, of: window, promptFrames: promptFrames, from: promptFrames, on: pool)
        let codes = configuration.codes
        logits.withPointer { rows in
            for frame in promptFrames..<window.count {
                let row = UnsafeBufferPointer(start: rows + (frame - promptFrames) * codes, count: codes)
                window[frame][level] = sampler.draw(row)
            }
        }
    }

    /// The logits of `level` in the frames from `first` on: `[frames - first, codes]`.
    package func logits(
        _ level: Int, of window: [[Int]], promptFrames: Int, from first: Int = 0, on pool: WorkerPool
    ) -> Tensor {
        precondition(configuration.fineLevels.contains(level), "level \(level) is no fine level")
        var x = levelEmbedding([Int](repeating: level - configuration.coarseLevels, count: window.count))
        for (lower, embedding) in embeddings.enumerated() {
            // Above the level only the prompt is known.
            let known = lower < level ? window.count : promptFrames
            for row in 0..<known { embedding.add(window[row][lower], toRow: row, of: &x) }
        }
        var buffers = transformer.makeBuffers()
        let hidden = transformer.full(x, from: first, &buffers, on: pool)
        return heads[level - configuration.coarseLevels](hidden, on: pool)
    }
}
