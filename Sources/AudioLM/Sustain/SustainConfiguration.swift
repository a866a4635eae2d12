/// The section `sustain` of a bundle's config.json, for bundles whose coarse stage draws more surely while notes of slow
/// music sound on.
struct SustainConfiguration: Decodable, Sendable, Equatable {
    /// Of a semantic token's frames in training the share in which a note was struck, up to which notes only sound on.
    let struck: Float
    /// The first level's `Sampling.minP` then, after a prompt in which nothing is struck; the less the more often notes are.
    let minP: Float
    /// Onsets a second of a prompt from which on it is 0.
    let slowerThan: Double

    private enum CodingKeys: String, CodingKey {
        case struck
        case minP = "min_p"
        case slowerThan = "slower_than"
    }

    /// What makes no sense, in words; nil if nothing.
    var fault: String? {
        if !(0...1).contains(struck) { return "sustain.struck is \(struck), expected 0 to 1" }
        if !(minP > 0 && minP <= 1) { return "sustain.min_p is \(minP), expected above 0 and at most 1" }
        if !(slowerThan > 0 && slowerThan <= 100) {
            return "sustain.slower_than is \(slowerThan), expected above 0 and at most 100"
        }
        return nil
    }
}
