package import NeuralLayers
package import Tensors

/// Stage 1: a decoder-only transformer over semantic tokens (AudioLM, section III-C).
package struct SemanticStage: Sendable {
    package let configuration: SemanticStageConfiguration
    private let embedding: Embedding
    private let transformer: Transformer
    private let head: Linear

    /// One sequence of tokens, or several in step, as the stage has seen them so far.
    package struct State: Sendable {
        fileprivate var cache: TransformerCache
        fileprivate var x: Tensor
        /// Of the token that comes next: `[sequences, vocabulary]`.
        package fileprivate(set) var logits: Tensor
        /// The token of each sequence that was drawn last.
        package fileprivate(set) var drawn: [Int]

        /// This one sequence as `count` sequences, which may go on differently.
        package func repeated(_ count: Int) -> State { with(cache.repeated(count)) }

        /// Each sequence as `count` branches, side by side, which may go on by `length` tokens before one of them is
        /// kept. The same as sequences of their own, but that the past is held and read once.
        package func branched(_ count: Int, length: Int) -> State {
            with(cache.branched(count, length: length))
        }

        /// Lets all branches of each sequence go on from one of them.
        /// - Parameter chosen: for each sequence the index of its branch.
        package mutating func keep(_ chosen: [Int]) {
            cache.keep(chosen)
            let count = drawn.count / chosen.count
            let sources = drawn.indices.map { $0 / count * count + chosen[$0 / count] }
            drawn = sources.map { drawn[$0] }
            logits = Tensor.concatenateRows(sources.map { logits.rows($0..<$0 + 1) })
        }

        /// Sequences with another past, as many as this state has or more, each of its own as often as the other's.
        private func with(_ cache: TransformerCache) -> State {
            let times = cache.sequences / drawn.count
            let sources = (0..<cache.sequences).map { $0 / times }
            return State(
                cache: cache, x: Tensor([cache.sequences, x.columns]),
                logits: Tensor.concatenateRows(sources.map { logits.rows($0..<$0 + 1) }),
                drawn: sources.map { drawn[$0] })
        }
    }

    /// Throws `StageConfigurationError` for an impossible configuration, and `ModelError` or `SafetensorsError` where the
    /// weights are not this model's.
    package init(_ configuration: SemanticStageConfiguration, from weights: WeightScope) throws {
        try configuration.validate()
        self.configuration = configuration
        let width = configuration.transformer.width
        embedding = try Embedding(configuration.vocabulary + 1, width, from: weights["embedding"])
        transformer = try Transformer(configuration.transformer, from: weights["transformer"])
        head = try Linear(width, configuration.vocabulary, bias: false, from: weights["head"])
    }

    /// One sequence that has only begun.
    package func makeState(on pool: WorkerPool) -> State {
        var state = State(
            cache: transformer.makeCache(window: configuration.attentionWindow),
            x: Tensor([1, configuration.transformer.width]), logits: Tensor([1, configuration.vocabulary]),
            drawn: [configuration.vocabulary])
        readDrawn(&state, on: pool)
        return state
    }

    /// Appends known tokens to a state's one sequence; its logits are then those of the token after them.
    package func read(_ tokens: [Int], state: inout State, on pool: WorkerPool) {
        precondition(state.drawn.count == 1, "\(state.drawn.count) sequences cannot read one's tokens")
        guard !tokens.isEmpty else { return }
        var hidden = embedding(tokens)
        transformer(&hidden, cache: &state.cache, on: pool)
        state.logits = head(hidden.rows((hidden.rows - 1)..<hidden.rows), on: pool)
    }

    /// Draws the next token of each sequence by its sampler, and appends it: `state.drawn`. Allocates nothing.
    package func next(_ state: inout State, _ samplers: inout [TokenSampler], on pool: WorkerPool) {
        samplers.draw(state.logits, into: &state.drawn, on: pool)
        readDrawn(&state, on: pool)
    }

    /// The logits of every token given those before it: `[tokens, vocabulary]`.
    package func logits(_ tokens: [Int], on pool: WorkerPool) -> Tensor {
        var cache = transformer.makeCache(window: configuration.attentionWindow)
        var hidden = embedding([configuration.vocabulary] + tokens.dropLast())
        transformer(&hidden, cache: &cache, on: pool)
        return head(hidden, on: pool)
    }

    private func readDrawn(_ state: inout State, on pool: WorkerPool) {
        for sequence in state.drawn.indices {
            embedding.copy(state.drawn[sequence], toRow: sequence, of: &state.x)
        }
        transformer(&state.x, cache: &state.cache, on: pool)
        head(state.x, into: &state.logits, on: pool)
    }
}
