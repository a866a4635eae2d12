/// Holm's correction for several tests at once (Holm, 1979).
enum HolmCorrection {
    /// Adjusted probabilities in the given order: those below α are significant at a family-wise error rate of α.
    static func adjusted(_ probabilities: [Double]) -> [Double] {
        let order = probabilities.indices.sorted { probabilities[$0] < probabilities[$1] }
        var adjusted = probabilities
        var highest = 0.0
        for (place, index) in order.enumerated() {
            highest = max(highest, min(1, probabilities[index] * Double(order.count - place)))
            adjusted[index] = highest
        }
        return adjusted
    }
}
