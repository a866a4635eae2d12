import TokenTransformers

/// Chooses how surely the coarse stage draws while notes sound on: the slower the music, the more surely.
struct Sustain: Sendable {
    let notes: TokenNotes
    let configuration: SustainConfiguration
    /// Semantic tokens a second.
    let tokenRate: Double

    /// For what goes on after, or sounds like, semantic tokens; nil where they are none or not slow.
    func draws(for tokens: [Int]) -> SustainedDraws? {
        guard !tokens.isEmpty else { return nil }
        let onsets = notes.profile(of: tokens).onsets * tokenRate
        guard onsets < configuration.slowerThan else { return nil }
        return SustainedDraws(
            isSustained: notes.isSustained(upTo: configuration.struck),
            minP: configuration.minP * Float(1 - onsets / configuration.slowerThan))
    }
}
