import AudioLM
import Foundation

/// One line on stderr that tells stage, share and time left, where a person watches it.
struct ProgressBar {
    /// Roughly each stage's share of the work, so that the bar moves evenly.
    private static let shares: [(stage: ContinuationStage, share: Double)] = [
        (.prompt, 0.08), (.semantic, 0.12), (.coarse, 0.5), (.fine, 0.22), (.decoding, 0.08),
    ]
    private static let width = 30

    private let label: String
    private let isShown: Bool
    private let start = ContinuousClock.now
    private var drawn = ContinuousClock.now - .seconds(1)
    private var done: [ContinuationStage: Double] = [:]

    /// - Parameter label: what goes before the bar.
    init(label: String, isShown: Bool) {
        self.label = label
        self.isShown = isShown
    }

    mutating func show(_ progress: ContinuationProgress) {
        done[progress.stage] = progress.total > 0 ? Double(progress.done) / Double(progress.total) : 1
        guard isShown, ContinuousClock.now - drawn > .milliseconds(100) else { return }
        drawn = .now
        Terminal.error(
            "\r" + line(progress.stage, elapsed: ContinuousClock.now - start) + "\u{1B}[K", newline: false)
    }

    /// The line after `elapsed` time.
    func line(_ stage: ContinuationStage, elapsed: Duration) -> String {
        let share = Self.shares.reduce(0) { $0 + $1.share * (done[$1.stage] ?? 0) }
        let full = Int(share * Double(Self.width))
        let bar = String(repeating: "█", count: full) + String(repeating: "░", count: Self.width - full)
        let text = "\(label)\(bar) \(Int(share * 100)) %  \(stage.rawValue)"
        guard share > 0.03 else { return text }
        return text + ", \(Int((elapsed / .seconds(1)) * (1 - share) / share) + 1) s left"
    }

    /// Removes the line.
    func clear() {
        if isShown { Terminal.error("\r\u{1B}[K", newline: false) }
    }
}
