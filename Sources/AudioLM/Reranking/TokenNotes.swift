import NeuralLayers
import Tensors

/// What was played where each semantic token occurred in training. Key: `notes` [vocabulary, 1 + 12], the share of its
/// frames in which a note was struck and in which each pitch class sounded.
struct TokenNotes: Sendable {
    private let rows: [Float]

    /// Throws `ModelError` or `SafetensorsError` where the weights are not this table.
    init(vocabulary: Int, from weights: WeightScope) throws {
        rows = try weights.tensor("notes", [vocabulary, 1 + NoteProfile.pitchClasses], in: 0...1).elements
    }

    /// Of each token whether a note is struck in no more than a share of its frames.
    func isSustained(upTo share: Float) -> [Bool] {
        stride(from: 0, to: rows.count, by: 1 + NoteProfile.pitchClasses).map { rows[$0] <= share }
    }

    /// What tokens, at least one, let expect on average.
    func profile(of tokens: some Collection<Int>) -> NoteProfile {
        let width = 1 + NoteProfile.pitchClasses
        var sums = [Double](repeating: 0, count: width)
        for token in tokens {
            for column in 0..<width { sums[column] += Double(rows[token * width + column]) }
        }
        let means = sums.map { $0 / Double(max(tokens.count, 1)) }
        return NoteProfile(onsets: means[0], pitches: Array(means[1...]))
    }
}
