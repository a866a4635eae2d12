/// Percentiles by linear interpolation between the two nearest ranks, as NumPy has them.
enum Percentile {
    /// - Parameters:
    ///   - sorted: ascending, at least one value.
    ///   - percent: 0 to 100.
    static func of(_ sorted: [Double], _ percent: Double) -> Double {
        let place = Double(sorted.count - 1) * percent / 100
        let below = Int(place)
        let above = min(below + 1, sorted.count - 1)
        return sorted[below] + (sorted[above] - sorted[below]) * (place - Double(below))
    }
}
