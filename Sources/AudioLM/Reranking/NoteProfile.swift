import Tensors

/// What is played in a stretch of music: how often notes are struck, and how much each pitch class sounds.
struct NoteProfile: Equatable {
    /// Pitch classes, beginning with C.
    static let pitchClasses = 12
    /// Onsets per token that a pause is taken for: 0.2 a second, so that it is not infinitely far from music.
    private static let fewestOnsets = 0.008

    /// Onsets per token.
    let onsets: Double
    /// How much of the time each pitch class sounds.
    let pitches: [Double]

    /// 1 for equal profiles, and less the less alike: the correlation of the pitch classes, minus the absolute logarithm
    /// of the densities' ratio.
    func likeness(to other: NoteProfile) -> Double {
        let ratio = logarithm((onsets + Self.fewestOnsets) / (other.onsets + Self.fewestOnsets))
        return Self.correlation(pitches, other.pitches) - abs(ratio)
    }

    private static func correlation(_ a: [Double], _ b: [Double]) -> Double {
        let (a, b) = (deviations(a), deviations(b))
        func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
        return product(a, b) / ((product(a, a) * product(b, b)).squareRoot() + 1e-9)
    }

    private static func deviations(_ values: [Double]) -> [Double] {
        let mean = values.reduce(0, +) / Double(values.count)
        return values.map { $0 - mean }
    }
}
