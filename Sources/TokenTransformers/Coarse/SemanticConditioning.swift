import NeuralLayers
import Tensors

/// What the coarse stage knows at each step of the semantic tokens: that of the step's frame and the next few.
struct SemanticConditioning: Sendable {
    private let configuration: CoarseStageConfiguration
    private let embedding: Embedding
    private let projection: Linear
    private let phase: Embedding

    init(_ configuration: CoarseStageConfiguration, from weights: WeightScope) throws {
        self.configuration = configuration
        let (width, semanticWidth) = (configuration.transformer.width, configuration.semanticWidth)
        embedding = try Embedding(
            configuration.semanticVocabulary + 1, semanticWidth, from: weights["semantic_embedding"])
        projection = try Linear(
            (configuration.lookAhead + 1) * semanticWidth, width, bias: false,
            from: weights["semantic_projection"])
        phase = try Embedding(configuration.framesPerSemanticToken, width, from: weights["phase_embedding"])
    }

    /// `[steps.count, width]` for steps of a sequence whose semantic tokens are `semantic`; those beyond its end
    /// count as unknown.
    func callAsFunction(_ semantic: [Int], steps: Range<Int>, on pool: WorkerPool) -> Tensor {
        let windows = steps.flatMap { step in
            let first = step / configuration.framesPerSemanticToken
            return (first...(first + configuration.lookAhead)).map {
                $0 < semantic.count ? semantic[$0] : configuration.semanticVocabulary
            }
        }
        let tokens = embedding(windows)
            .reshaped([steps.count, (configuration.lookAhead + 1) * configuration.semanticWidth])
        var conditioning = projection(tokens, on: pool)
        phase.add(steps.map { $0 % configuration.framesPerSemanticToken }, to: &conditioning)
        return conditioning
    }
}
