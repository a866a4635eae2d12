import Foundation
import Synchronization

/// Tells on stderr how many of many like things are done and how long the rest takes: on one line where a person
/// watches, else as a line every half minute.
final class CountProgress: Sendable {
    private struct State {
        let start = ContinuousClock.now
        var told = ContinuousClock.now
    }

    private let isShown: Bool
    private let state = Mutex(State())

    init(isShown: Bool) {
        self.isShown = isShown
    }

    func show(_ done: Int, of total: Int) {
        guard isShown else { return }
        let line = state.withLock { state -> String? in
            let now = ContinuousClock.now
            guard now - state.told > (Terminal.isWatched ? .milliseconds(100) : .seconds(30)) else {
                return nil
            }
            state.told = now
            return Self.line(done, of: total, elapsed: now - state.start)
        }
        guard let line else { return }
        if Terminal.isWatched {
            Terminal.error("\r\(line)\u{1B}[K", newline: false)
        } else {
            Terminal.error(line)
        }
    }

    /// The line after `elapsed` time.
    static func line(_ done: Int, of total: Int, elapsed: Duration) -> String {
        guard done > 0 else { return "0 of \(total)" }
        let left = Int((elapsed / .seconds(1)) / Double(done) * Double(total - done)) + 1
        return "\(done) of \(total), " + (left < 120 ? "\(left) s left" : "\(left / 60) min left")
    }

    /// Removes the line.
    func clear() {
        if isShown, Terminal.isWatched { Terminal.error("\r\u{1B}[K", newline: false) }
    }
}
