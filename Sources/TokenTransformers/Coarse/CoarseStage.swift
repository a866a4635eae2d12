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
    private let transformer: Transformer
    private let heads: [Linear]

    /// One sequence as far as it has come.
    package struct State: Sendable {
        fileprivate var cache: TransformerCache
        /// Semantic tokens from the sequence's first frame on; append new ones before the steps that see them.
        package var semantic: [Int]
        /// `[frames][levels]`; codes that are not yet drawn are blank.
        fileprivate var codes: [[Int]]
        fileprivate let promptFrames: Int
        fileprivate let levels: Int

        /// Steps that have been run: a frame is complete `levels - 1` steps after its own.
        fileprivate var step: Int { cache.position }

        /// The frames of which all levels are known.
        package var completeFrames: ArraySlice<[Int]> { codes[..<max(promptFrames, step - levels + 1)] }
    }

    /// Throws `ModelError` or `SafetensorsError` where the weights are not this model's.
    package init(_ configuration: CoarseStageConfiguration, from weights: WeightScope) throws {
        try configuration.validate()
        self.configuration = configuration
        let width = configuration.transformer.width
        embeddings = try (0..<configuration.levels).map {
            try Embedding(configuration.codes + 1, width, from: weights["embeddings"][$0])
        }
        conditioning = try SemanticConditioning(configuration, from: weights)
        transformer = try Transformer(configuration.transformer, from: weights["transformer"])
        heads = try (0..<configuration.levels).map {
            try Linear(width, configuration.codes, bias: false, from: weights["heads"][$0])
        }
    }

    /// A sequence that begins with known frames.
    /// - Parameters:
    ///   - prompt: `[frames][levels]`; further levels are ignored.
    ///   - semantic: tokens from the prompt's first frame on, as many as are known.
    package func makeState(prompt: [[Int]], semantic: [Int], on pool: WorkerPool) -> State {
        let codes = prompt.map { Array($0.prefix(configuration.levels)) }
        var state = State(
            cache: transformer.makeCache(window: configuration.attentionWindow), semantic: semantic,
            codes: codes, promptFrames: codes.count, levels: configuration.levels)
        if !codes.isEmpty { _ = advance(&state, by: codes.count, on: pool) }
        return state
    }

    /// Semantic tokens that the next step sees, counted from the sequence's first frame.
    package func semanticTokensNeeded(_ state: State) -> Int {
        state.step / configuration.framesPerSemanticToken + configuration.lookAhead + 1
    }

    /// Runs one step and draws one code of each level that is not given by the prompt.
    package func next(_ state: inout State, _ sampler: inout TokenSampler, on pool: WorkerPool) {
        let step = state.step
        let hidden = advance(&state, by: 1, on: pool)
        state.codes.append([Int](repeating: configuration.codes, count: configuration.levels))
        for (level, head) in heads.enumerated() where step - level >= state.promptFrames {
            let logits = head(hidden, on: pool)
            state.codes[step - level][level] = logits.withPointer {
                sampler.draw(UnsafeBufferPointer(start: $0, count: configuration.codes))
            }
        }
    }

    /// The logits of every code given those before it and the semantic tokens: one `[frames, codes]` per level.
    package func logits(_ codes: [[Int]], semantic: [Int], on pool: WorkerPool) -> [Tensor] {
        var state = State(
            cache: transformer.makeCache(window: configuration.attentionWindow), semantic: semantic,
            codes: codes, promptFrames: codes.count, levels: configuration.levels)
        let hidden = advance(&state, by: codes.count + configuration.levels - 1, on: pool)
        return heads.enumerated().map { level, head in
            head(hidden.rows(level..<(level + codes.count)), on: pool)
        }
    }

    /// Runs the next `count` steps, whose inputs must be known, and returns their last layer `[count, width]`.
    private func advance(_ state: inout State, by count: Int, on pool: WorkerPool) -> Tensor {
        let steps = state.step..<(state.step + count)
        var x = conditioning(state.semantic, steps: steps, on: pool)
        for (level, embedding) in embeddings.enumerated() {
            embedding.add(steps.map { previousCode(state, step: $0, level: level) }, to: &x)
        }
        return transformer(x, cache: &state.cache, on: pool)
    }

    /// What the step before `step` held at `level`.
    private func previousCode(_ state: State, step: Int, level: Int) -> Int {
        let frame = step - 1 - level
        return state.codes.indices.contains(frame) ? state.codes[frame][level] : configuration.codes
    }
}
