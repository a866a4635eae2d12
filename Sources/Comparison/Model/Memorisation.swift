import Foundation

/// How much of a continuation's semantic tokens stands in the training's tokens as it is (AudioLM, section V;
/// MusicLM, section 5).
struct Memorisation: Sendable, Equatable {
    /// Tokens of a run, 2 s, and from one run to the next.
    static let length = 50
    private static let step = 25
    /// Share of equal tokens at one shift from which a run is nearly that of the training.
    private static let near = 0.8
    /// Bits of entropy of a run's tokens below which it is little more than silence or one held note.
    private static let lowEntropy = 3.0

    /// Runs of enough entropy, and how many of them stand in the index exactly, and nearly or exactly.
    let runs: Int
    let exact: Int
    let near: Int
    /// Runs of low entropy, which are not looked up.
    let plain: Int

    init(_ tokens: [Int], in index: TokenIndex) {
        var (runs, exact, near, plain) = (0, 0, 0, 0)
        for start in stride(from: 0, through: tokens.count - Self.length, by: Self.step) {
            let run = tokens[start..<start + Self.length].map { UInt16(clamping: $0) }
            guard Self.entropy(run) >= Self.lowEntropy else {
                plain += 1
                continue
            }
            let equal = index.mostEqual(run)
            runs += 1
            if equal == Self.length { exact += 1 }
            if Double(equal) >= Self.near * Double(Self.length) { near += 1 }
        }
        (self.runs, self.exact, self.near, self.plain) = (runs, exact, near, plain)
    }

    /// Shares by measure; none where there is no run.
    var values: [String: Double] {
        var values: [String: Double] = [:]
        if runs + plain > 0 { values["plain_runs"] = Double(plain) / Double(runs + plain) }
        if runs > 0 {
            values["exact_matches"] = Double(exact) / Double(runs)
            values["near_matches"] = Double(near) / Double(runs)
        }
        return values
    }

    static let measures = [
        Measure(
            id: "exact_matches", title: "Exact matches", group: .model, unit: "share of runs",
            definition:
                "Share of runs of 50 semantic tokens (2 s, every second) that stand in the training's tokens.",
            source: "MusicLM (Agostinelli et al., 2023), section 5, on shorter runs", better: .lower),
        Measure(
            id: "near_matches", title: "Near matches", group: .model, unit: "share of runs",
            definition:
                "The same where four fifths of the tokens are equal at one shift, four in a row among them.",
            source: "MusicLM (Agostinelli et al., 2023), section 5, by tokens", better: .lower),
        Measure(
            id: "plain_runs", title: "Low-entropy runs", group: .model, unit: "share of runs",
            definition:
                "Share of runs whose tokens have less than 3 bits of entropy; they count in neither of the above.",
            source: "AudioLM (Borsos et al., 2022)", better: .natural),
    ]

    private static func entropy(_ run: [UInt16]) -> Double {
        Dictionary(grouping: run) { $0 }.values.reduce(0) { sum, equal in
            let share = Double(equal.count) / Double(run.count)
            return sum - share * log2(share)
        }
    }
}
