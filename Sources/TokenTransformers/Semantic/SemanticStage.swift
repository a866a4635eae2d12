package import NeuralLayers
package import Tensors

/// Stage 1: a decoder-only transformer over semantic tokens (AudioLM, section III-C).
package struct SemanticStage: Sendable {
    package let configuration: SemanticStageConfiguration
    private let embedding: Embedding
    private let transformer: Transformer
    private let head: Linear

    /// One sequence of tokens as the stage has seen it so far.
    package struct State: Sendable {
        fileprivate var cache: TransformerCache
        /// Of the token that comes next: `[1, vocabulary]`.
        package fileprivate(set) var logits: Tensor
    }

    /// Throws `ModelError` or `SafetensorsError` where the weights are not this model's.
    package init(_ configuration: SemanticStageConfiguration, from weights: WeightScope) throws {
        try configuration.validate()
        self.configuration = configuration
        let width = configuration.transformer.width
        embedding = try Embedding(configuration.vocabulary + 1, width, from: weights["embedding"])
        transformer = try Transformer(configuration.transformer, from: weights["transformer"])
        head = try Linear(width, configuration.vocabulary, bias: false, from: weights["head"])
    }

    /// A sequence that has only begun.
    package func makeState(on pool: WorkerPool) -> State {
        var cache = transformer.makeCache(window: configuration.attentionWindow)
        let start = transformer(embedding([configuration.vocabulary]), cache: &cache, on: pool)
        return State(cache: cache, logits: head(start, on: pool))
    }

    /// Appends known tokens; the state's logits are then those of the token after them.
    package func read(_ tokens: [Int], state: inout State, on pool: WorkerPool) {
        guard !tokens.isEmpty else { return }
        let hidden = transformer(embedding(tokens), cache: &state.cache, on: pool)
        state.logits = head(hidden.rows((hidden.rows - 1)..<hidden.rows), on: pool)
    }

    /// Draws the next token and appends it.
    package func next(_ state: inout State, _ sampler: inout TokenSampler, on pool: WorkerPool) -> Int {
        let token = state.logits.withPointer {
            sampler.draw(UnsafeBufferPointer(start: $0, count: configuration.vocabulary))
        }
        read([token], state: &state, on: pool)
        return token
    }

    /// The logits of every token given those before it: `[tokens, vocabulary]`.
    package func logits(_ tokens: [Int], on pool: WorkerPool) -> Tensor {
        var cache = transformer.makeCache(window: configuration.attentionWindow)
        let inputs = [configuration.vocabulary] + tokens.dropLast()
        return head(transformer(embedding(inputs), cache: &cache, on: pool), on: pool)
    }
}
