import Foundation

/// The tempo of a sound from its onset flux.
enum Tempo {
    /// Beats per minute that are considered.
    private static let range = 30.0...300.0
    /// The usual tempo, and the octaves within which two thirds of all music lie.
    private static let usual = 120.0
    private static let spread = 1.0

    /// Beats per minute: the lag of the flux's highest autocorrelation, weighted by how usual its tempo is (Ellis,
    /// "Beat tracking by dynamic programming", 2007). Nil where nothing recurs.
    static func beatsPerMinute(_ flux: [Float]) -> Double? {
        let frames = Double(OnsetDetector.rate) * 60
        let shortest = Int(frames / range.upperBound)
        let longest = min(Int(frames / range.lowerBound), flux.count / 2)
        guard longest > shortest + 1 else { return nil }
        let mean = flux.reduce(0, +) / Float(flux.count)
        let centred = flux.map { Double($0 - mean) }
        let correlations = (shortest - 1...longest + 1).map { autocorrelation(centred, lag: $0) }
        let weighted = (1..<correlations.count - 1).map { place in
            let octaves = log2(frames / Double(shortest - 1 + place) / usual) / spread
            return correlations[place] * exp(-0.5 * octaves * octaves)
        }
        guard let best = weighted.indices.max(by: { weighted[$0] < weighted[$1] }), weighted[best] > 0
        else { return nil }
        let lag =
            Double(shortest + best)
            + vertex(correlations[best], correlations[best + 1], correlations[best + 2])
        return frames / lag
    }

    private static func autocorrelation(_ values: [Double], lag: Int) -> Double {
        guard lag < values.count else { return 0 }
        return zip(values, values[lag...]).reduce(0) { $0 + $1.0 * $1.1 } / Double(values.count - lag)
    }

    /// Where the parabola through three equidistant values has its extreme, seen from the middle one.
    private static func vertex(_ before: Double, _ here: Double, _ after: Double) -> Double {
        let curvature = before - 2 * here + after
        return curvature < 0 ? min(0.5, max(-0.5, 0.5 * (before - after) / curvature)) : 0
    }
}
