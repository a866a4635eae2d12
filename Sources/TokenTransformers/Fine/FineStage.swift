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

    /// Frames of which all codes are known, and then some of which the lower levels are.
    package struct Window: Sendable {
        /// `[frames][levels]`
        package fileprivate(set) var codes: [[Int]]
        package let promptFrames: Int
        /// The sums of the embeddings of what is known, `[frames, width]`.
        fileprivate var known: Tensor
    }

    /// A window before its first fine level is drawn.
    /// - Parameters:
    ///   - codes: `[frames][levels]`, at most `windowFrames`; those of fine levels count in the prompt's frames alone.
    ///   - promptFrames: those of the codes that are known whole.
    package func makeWindow(_ codes: [[Int]], promptFrames: Int) -> Window {
        Window(
            codes: codes, promptFrames: promptFrames,
            known: known(codes, below: configuration.coarseLevels, promptFrames: promptFrames))
    }

    /// Draws the codes of one level of a window's frames behind its prompt.
    /// - Parameter level: the configuration's `fineLevels` one after the other.
    package func predict(
        _ level: Int, of window: inout Window, _ sampler: inout TokenSampler,
        _ buffers: inout TransformerBuffers, on pool: WorkerPool
    ) {
        let first = window.promptFrames
        let logits = logits(level, of: window.known, from: first, &buffers, on: pool)
        let (codes, embedding) = (configuration.codes, embeddings[level])
        logits.withPointer { rows in
            for frame in first..<window.codes.count {
                let row = UnsafeBufferPointer(start: rows + (frame - first) * codes, count: codes)
                let code = sampler.draw(row)
                window.codes[frame][level] = code
                embedding.add(code, toRow: frame, of: &window.known)
            }
        }
    }

    /// Memory that windows need for a while, kept from one to the next.
    package func makeBuffers() -> TransformerBuffers { transformer.makeBuffers() }

    /// The logits of `level` in the frames from `first` on: `[frames - first, codes]`.
    package func logits(
        _ level: Int, of window: [[Int]], promptFrames: Int, from first: Int = 0, on pool: WorkerPool
    ) -> Tensor {
        var buffers = makeBuffers()
        return logits(
            level, of: known(window, below: level, promptFrames: promptFrames), from: first, &buffers,
            on: pool)
    }

    private func logits(
        _ level: Int, of known: Tensor, from first: Int, _ buffers: inout TransformerBuffers,
        on pool: WorkerPool
    ) -> Tensor {
        precondition(configuration.fineLevels.contains(level), "level \(level) is no fine level")
        var x = known
        x.addToRows(levelEmbedding([level - configuration.coarseLevels]))
        transformer.full(&x, from: first, &buffers, on: pool)
        return heads[level - configuration.coarseLevels](x, on: pool)
    }

    /// The sums of the embeddings of all codes below a level, and over the prompt of those above it, too.
    private func known(_ window: [[Int]], below level: Int, promptFrames: Int) -> Tensor {
        var sums = Tensor([window.count, configuration.transformer.width])
        for (lower, embedding) in embeddings.enumerated() {
            for row in 0..<(lower < level ? window.count : promptFrames) {
                embedding.add(window[row][lower], toRow: row, of: &sums)
            }
        }
        return sums
    }
}
