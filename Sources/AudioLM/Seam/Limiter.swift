/// Turns all channels down together around peaks above `ceiling`, smoothly within `reach` frames on either side,
/// and leaves everything else as it is.
func limit(_ channels: inout [[Float]], to ceiling: Float, reach: Int) {
    guard channels.contains(where: { $0.contains { abs($0) > ceiling } }) else { return }
    let count = channels[0].count
    var gain = [Float](repeating: 1, count: count)
    for channel in channels {
        for i in 0..<count where abs(channel[i]) > ceiling {
            gain[i] = min(gain[i], ceiling / abs(channel[i]))
        }
    }
    // The mean of a running minimum over the same reach is never above the gain that a frame needs.
    let smooth = runningMean(runningMinimum(gain, reach: reach), reach: reach)
    for c in channels.indices {
        for i in 0..<count { channels[c][i] *= min(smooth[i], gain[i]) }
    }
}

/// The least value within `reach` places on either side of each.
private func runningMinimum(_ values: [Float], reach: Int) -> [Float] {
    var candidates: [Int] = []
    var first = 0
    var result = values
    for i in 0..<values.count + reach {
        if i < values.count {
            while candidates.count > first, values[candidates[candidates.count - 1]] >= values[i] {
                candidates.removeLast()
            }
            candidates.append(i)
        }
        let centre = i - reach
        guard centre >= 0 else { continue }
        while candidates[first] < centre - reach { first += 1 }
        result[centre] = values[candidates[first]]
    }
    return result
}

/// The mean within `reach` places on either side of each; beyond the ends the end values go on.
private func runningMean(_ values: [Float], reach: Int) -> [Float] {
    let last = values.count - 1
    func value(_ i: Int) -> Double { Double(values[min(max(i, 0), last)]) }
    var sum = (-reach...reach).reduce(0.0) { $0 + value($1) }
    return values.indices.map { i in
        defer { sum += value(i + reach + 1) - value(i - reach) }
        return Float(sum / Double(2 * reach + 1))
    }
}
