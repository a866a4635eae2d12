package import NeuralLayers
package import Tensors

/// Stage 2: semantic tokens and past coarse acoustic tokens to the next coarse acoustic tokens.
///
/// One step per codec frame; level k lags k steps behind level 0 (MusicGen's delay pattern), so that a level is
/// drawn when all lower levels of its frame are known. AudioLM's section III-D, without flattening.
package struct CoarseStage: Sendable {
    package let configuration: CoarseStageConfiguration
    private let embeddings: [Embedding]
    private let conditioning: SemanticConditioning
    private let referenceEncoder: ReferenceEncoder
    private let transformer: Transformer
    /// All levels' side by side.
    private let heads: Linear

    /// Throws `StageConfigurationError` for an impossible configuration, and `ModelError` or `SafetensorsError` where the
    /// weights are not this model's.
    package init(_ configuration: CoarseStageConfiguration, from weights: WeightScope) throws {
        try configuration.validate()
        self.configuration = configuration
        let width = configuration.transformer.width
        embeddings = try (0..<configuration.levels).map {
            try Embedding(configuration.codes + 1, width, from: weights["embeddings"][$0])
        }
        conditioning = try SemanticConditioning(configuration, from: weights)
        referenceEncoder = try ReferenceEncoder(width, from: weights)
        transformer = try Transformer(configuration.transformer, from: weights["transformer"])
        heads = try Linear(
            width, configuration.codes, sideBySide: (0..<configuration.levels).map(String.init), bias: false,
            from: weights["heads"])
    }

    /// A sequence that begins with known frames.
    /// - Parameters:
    ///   - prompt: `[frames][levels]`; further levels are ignored.
    ///   - semantic: tokens from the prompt's first frame on, as many as are known.
    package func makeState(prompt: [[Int]], semantic: [Int], on pool: WorkerPool) -> State {
        var state = State(
            cache: transformer.makeCache(window: configuration.attentionWindow),
            CoarseSequence(configuration, prompt: prompt, semantic: semantic), promptFrames: prompt.count,
            reference: reference(prompt, on: pool), logitWidth: heads.outputs)
        if !prompt.isEmpty { advance(&state, by: prompt.count, on: pool) }
        return state
    }

    /// Semantic tokens of each sequence that the next step sees beyond those that it knows.
    package func semanticTokensNeeded(_ state: State) -> Int {
        let seen = state.step / configuration.framesPerSemanticToken + configuration.lookAhead + 1
        return max(seen - state.sequences[0].semanticCount, 0)
    }

    /// Runs one step and draws, by each sequence's sampler, one code of each level that is not given by the prompt.
    /// Allocates nothing as long as frames are taken now and then.
    /// - Parameter sustained: how codes are drawn while notes sound on; nil where that makes no difference.
    package func next(
        _ state: inout State, _ samplers: inout [TokenSampler], sustained: SustainedDraws? = nil,
        on pool: WorkerPool
    ) {
        precondition(samplers.count == state.sequences.count, "\(samplers.count) samplers")
        let step = state.step
        advance(&state, by: 1, on: pool)
        state.logits.setRows(samplers.count)
        heads(state.x, into: &state.logits, on: pool)
        let levels = 0..<min(max(step - state.promptFrames + 1, 0), configuration.levels)
        draw(
            levels, from: state.logits, &samplers, state.sequences, step, sustained, into: &state.drawn,
            on: pool)
        for sequence in samplers.indices {
            state.sequences[sequence].addFrame()
            for level in levels {
                let code = state.drawn[sequence * configuration.levels + level]
                state.sequences[sequence].set(code, frame: step - level, level: level)
            }
        }
    }

    /// Draws a step's codes of some levels of each sequence, lower levels first, on the threads of a pool.
    private func draw(
        _ levels: Range<Int>, from logits: Tensor, _ samplers: inout [TokenSampler],
        _ sequences: [CoarseSequence],
        _ step: Int, _ sustained: SustainedDraws?, into drawn: inout [Int], on pool: WorkerPool
    ) {
        let (width, count) = (heads.outputs / configuration.levels, configuration.levels)
        logits.withPointer { logits in
            samplers.withUnsafeMutableBufferPointer { samplers in
                drawn.withUnsafeMutableBufferPointer { drawn in
                    let (samplers, drawn) = (samplers, drawn)
                    pool.run(samplers.count) { sequence in
                        for level in levels {
                            samplers[sequence].minP =
                                level == 0 ? sustained?.minP(sequences[sequence], frame: step) ?? 0 : 0
                            drawn[sequence * count + level] = samplers[sequence].draw(
                                UnsafeBufferPointer(
                                    start: logits + (sequence * count + level) * width,
                                    count: configuration.codes))
                        }
                    }
                }
            }
        }
    }

    /// The logits of every code given those before it, the semantic tokens and how `heard` `[frames][levels]` sounds:
    /// one `[frames, codes]` per level.
    package func logits(
        _ codes: [[Int]], semantic: [Int], heard: [[Int]], on pool: WorkerPool
    ) -> [Tensor] {
        var state = State(
            cache: transformer.makeCache(window: configuration.attentionWindow),
            CoarseSequence(configuration, prompt: codes, semantic: semantic), promptFrames: codes.count,
            reference: reference(heard, on: pool), logitWidth: heads.outputs)
        advance(&state, by: codes.count + configuration.levels - 1, on: pool)
        let logits = heads(state.x, on: pool)
        let width = heads.outputs / configuration.levels
        return (0..<configuration.levels).map { level in
            logits.rows(level..<(level + codes.count))
                .columns(level * width..<level * width + configuration.codes)
        }
    }

    /// How frames of codes sound, `[1, width]`; zeros where there are none.
    private func reference(_ codes: [[Int]], on pool: WorkerPool) -> Tensor {
        guard !codes.isEmpty else { return Tensor([1, configuration.transformer.width]) }
        var frames = Tensor([codes.count, configuration.transformer.width])
        for (row, codes) in codes.enumerated() {
            for (embedding, code) in zip(embeddings, codes) { embedding.add(code, toRow: row, of: &frames) }
        }
        return referenceEncoder(frames, on: pool)
    }

    /// Runs the next `count` steps of every sequence, whose inputs must be known; leaves their last layer in
    /// `state.x` `[sequences · count, width]`.
    private func advance(_ state: inout State, by count: Int, on pool: WorkerPool) {
        let first = state.step
        state.x.setRows(state.sequences.count * count)
        conditioning(&state, steps: first..<first + count, on: pool)
        for sequence in state.sequences.indices {
            for offset in 0..<count {
                for level in embeddings.indices {
                    // What the step before held at this level.
                    let code = state.sequences[sequence].code(frame: first + offset - 1 - level, level: level)
                    embeddings[level].add(code, toRow: sequence * count + offset, of: &state.x)
                }
            }
        }
        state.x.addToRows(state.reference)
        transformer(&state.x, cache: &state.cache, on: pool)
    }
}
