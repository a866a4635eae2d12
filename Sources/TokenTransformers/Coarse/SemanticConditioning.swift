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

    /// Writes what some steps of every sequence know to `state.x` `[sequences · steps, width]`.
    func callAsFunction(_ state: inout CoarseStage.State, steps: Range<Int>, on pool: WorkerPool) {
        state.seen.setRows(state.x.rows)
        for sequence in state.sequences.indices {
            for step in steps {
                let row = sequence * steps.count + step - steps.lowerBound
                let first = step / configuration.framesPerSemanticToken
                for ahead in 0...configuration.lookAhead {
                    embedding.copy(
                        state.sequences[sequence].semanticToken(first + ahead), toRow: row,
                        column: ahead * configuration.semanticWidth, of: &state.seen)
                }
            }
        }
        projection(state.seen, into: &state.x, on: pool)
        for row in 0..<state.x.rows {
            let step = steps.lowerBound + row % steps.count
            phase.add(step % configuration.framesPerSemanticToken, toRow: row, of: &state.x)
        }
    }
}
