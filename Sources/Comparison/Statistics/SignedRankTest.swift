import Foundation

/// Wilcoxon's signed-rank test of paired differences, two-sided (Wilcoxon, 1945).
enum SignedRankTest {
    /// Pairs up to which the distribution is counted out, ties and all; beyond it is taken as normal.
    private static let mostCounted = 200

    /// The probability of rank sums at least as unequal if no sign were likelier than the other.
    ///
    /// Differences of zero are left out; equal ones share their mean rank. 1 where nothing is left.
    static func probability(_ differences: [Double]) -> Double {
        let values = differences.filter { $0 != 0 }
        guard !values.isEmpty else { return 1 }
        let doubled = doubledRanks(values.map(abs))
        let positive = zip(values, doubled).reduce(0) { $0 + ($1.0 > 0 ? $1.1 : 0) }
        return values.count <= mostCounted
            ? counted(positive, ranks: doubled) : normal(positive, ranks: doubled)
    }

    /// Twice the rank of each value, which is a whole number even where ranks are shared.
    private static func doubledRanks(_ values: [Double]) -> [Int] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Int](repeating: 0, count: values.count)
        var start = 0
        while start < order.count {
            var end = start
            while end + 1 < order.count, values[order[end + 1]] == values[order[start]] { end += 1 }
            for place in start...end { ranks[order[place]] = start + end + 2 }
            start = end + 1
        }
        return ranks
    }

    /// From the distribution of the sum over all choices of signs.
    private static func counted(_ sum: Int, ranks: [Int]) -> Double {
        let total = ranks.reduce(0, +)
        var shares = [Double](repeating: 0, count: total + 1)
        shares[0] = 1
        for rank in ranks {
            for place in stride(from: total, through: 0, by: -1) {
                shares[place] = 0.5 * (shares[place] + (place >= rank ? shares[place - rank] : 0))
            }
        }
        let tail = shares[0...min(sum, total - sum)].reduce(0, +)
        return min(1, 2 * tail)
    }

    /// From the normal distribution of the same mean and variance.
    private static func normal(_ sum: Int, ranks: [Int]) -> Double {
        let mean = Double(ranks.reduce(0, +)) / 2
        let variance = ranks.reduce(0.0) { $0 + Double($1 * $1) / 4 }
        return erfc(abs(Double(sum) - mean) / (2 * variance).squareRoot())
    }
}
