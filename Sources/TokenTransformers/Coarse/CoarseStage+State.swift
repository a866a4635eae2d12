import Tensors

extension CoarseStage {
    /// One sequence, or several in step, as far as they have come.
    package struct State: Sendable {
        var cache: TransformerCache
        var sequences: [CoarseSequence]
        let promptFrames: Int
        /// How the prompt sounds, `[1, width]`.
        let reference: Tensor
        /// The input of the step and then its last layer, one row for each sequence and step.
        var x: Tensor
        /// Semantic tokens that the steps see, side by side.
        var seen: Tensor
        /// All levels' side by side, the codes of each padded to whole panels.
        var logits: Tensor
        /// The codes of each sequence that were drawn last, `[sequences, levels]`.
        var drawn: [Int]
        private var taken: Int

        init(
            cache: TransformerCache, _ sequence: CoarseSequence, promptFrames: Int, reference: Tensor,
            logitWidth: Int
        ) {
            let configuration = sequence.configuration
            self.cache = cache
            self.promptFrames = promptFrames
            self.reference = reference
            sequences = [sequence]
            x = Tensor([0, configuration.transformer.width])
            seen = Tensor([0, (configuration.lookAhead + 1) * configuration.semanticWidth])
            logits = Tensor([0, logitWidth])
            drawn = [Int](repeating: 0, count: configuration.levels)
            taken = promptFrames
        }

        /// Steps that have been run: a frame is complete `levels - 1` steps after its own.
        var step: Int { cache.position }

        /// Frames after the prompt of which all levels are known and that nobody has taken.
        package var completeFrames: Int {
            max(step - sequences[0].configuration.levels + 1 - taken, 0)
        }

        /// Takes the next `count` complete frames of each sequence, `[frames][levels]`; what no later step sees is
        /// forgotten.
        package mutating func takeFrames(_ count: Int) -> [[[Int]]] {
            precondition(count <= completeFrames, "\(count) of \(completeFrames) frames")
            let frames = sequences.map { $0.frames(taken..<taken + count) }
            taken += count
            for index in sequences.indices { sequences[index].forget(before: taken, step: step) }
            return frames
        }

        /// Adds the next semantic token of each sequence.
        package mutating func append(semantic tokens: [Int]) {
            precondition(tokens.count == sequences.count, "\(tokens.count) tokens")
            for index in sequences.indices { sequences[index].append(semantic: tokens[index]) }
        }

        /// This one sequence as `count` sequences, which may go on differently.
        package func repeated(_ count: Int) -> State {
            var state = self
            state.cache = cache.repeated(count)
            state.sequences = sequences.flatMap { [CoarseSequence](repeating: $0, count: count) }
            state.drawn = [Int](repeating: 0, count: count * drawn.count)
            return state
        }
    }
}
