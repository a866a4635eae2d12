import Foundation

/// How often one of two things was chosen.
enum SignTest {
    /// The probability of a split at least as uneven if both were equally likely, two-sided.
    static func probability(wins: Int, losses: Int) -> Double {
        let trials = wins + losses
        guard trials > 0 else { return 1 }
        // The logarithm of the probability of 0, 1, 2, … wins.
        var logarithm = -Double(trials) * log(2)
        var tail = exp(logarithm)
        for k in 0..<min(wins, losses) {
            logarithm += log(Double(trials - k) / Double(k + 1))
            tail += exp(logarithm)
        }
        return min(1, 2 * tail)
    }

    /// A share of successes and its 95 % interval (Wilson, 1927); a tie is half a success.
    static func rate(successes: Double, trials: Int) -> Interval {
        let (n, z) = (Double(trials), 1.959964)
        let share = successes / n
        let centre = (share + z * z / (2 * n)) / (1 + z * z / n)
        let reach = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
        return Interval(
            value: share, low: max(0, centre - reach), high: min(1, centre + reach), count: trials)
    }
}
