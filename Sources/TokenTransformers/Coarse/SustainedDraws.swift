/// How the coarse stage draws while notes sound on.
///
/// The first level says what happens in a frame. Of the little that it thinks possible besides, a draw now and then
/// takes something, most often a note's attack; where the semantic tokens let no note be struck, those are notes that
/// nobody plays, and slow music fills with them.
package struct SustainedDraws: Sendable {
    /// Of each semantic token whether notes only sound on while it lasts.
    package let isSustained: [Bool]
    /// The first level's `Sampling.minP` there.
    package let minP: Float

    /// Semantic tokens, that of a frame and the next, none of which may let a note be struck: an onset between two may be
    /// told by either.
    private static let tokensSeen = 2

    /// - Parameters:
    ///   - isSustained: one for each token of the semantic vocabulary.
    ///   - minP: in [0, 1].
    package init(isSustained: [Bool], minP: Float) {
        self.isSustained = isSustained
        self.minP = minP
    }

    /// What applies to a frame of a sequence: `minP`, or 0 where a note may be struck or tokens are not known.
    func minP(_ sequence: CoarseSequence, frame: Int) -> Float {
        let first = frame / sequence.configuration.framesPerSemanticToken
        for place in first..<first + Self.tokensSeen {
            let token = sequence.semanticToken(place)
            guard token < isSustained.count, isSustained[token] else { return 0 }
        }
        return minP
    }
}
