internal import CKernels
internal import Glibc
internal import Synchronization

/// What the caller of a pool and its workers share.
///
/// One piece of work at a time is open. Workers enter it, claim indices until none is left, and leave; the caller
/// does the same, closes the piece and waits until all who entered have left. Entering announces itself before
/// it looks whether the piece is still open, and closing happens before looking for those who entered (both
/// sequentially consistent), so that nobody touches a piece that has returned.
///
/// `@unchecked Sendable`: `body` and `count` are written only while no piece is open and nobody has entered.
final class PoolState: @unchecked Sendable {
    private let callerBusy = Atomic<Bool>(false)
    /// The number of the open piece, 0 while none is.
    private let open = Atomic<Int>(0)
    private let next = Atomic<Int>(0)
    private let entered = Atomic<Int>(0)
    private let sleeping = Atomic<Int>(0)
    private let stopping = Atomic<Bool>(false)
    private var piece = 0
    private var count = 0
    private var body: ((Int) -> Void)?
    private let doorbell = Doorbell()

    /// Rounds that a worker spins before it sleeps: some ten microseconds.
    private static let spinRounds = 2_000

    func claimCaller() -> Bool {
        callerBusy.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged
    }

    func releaseCaller() { callerBusy.store(false, ordering: .releasing) }

    /// Opens a piece of work, takes part in it and waits for its end.
    func share(_ count: Int, _ body: @escaping (Int) -> Void) {
        self.count = count
        self.body = body
        piece &+= 1
        next.store(0, ordering: .relaxed)
        open.store(piece, ordering: .sequentiallyConsistent)
        if sleeping.load(ordering: .sequentiallyConsistent) > 0 { doorbell.ring() }
        claimIndices()
        open.store(0, ordering: .sequentiallyConsistent)
        var rounds = 0
        while entered.load(ordering: .sequentiallyConsistent) > 0 {
            rounds += 1
            if rounds < Self.spinRounds { audiolm_cpu_relax() } else { sched_yield() }
        }
        self.body = nil
    }

    func stop() {
        stopping.store(true, ordering: .sequentiallyConsistent)
        doorbell.ring()
    }

    /// The life of a worker.
    func work() {
        var last = 0
        while let piece = awaitPiece(after: last) {
            last = piece
            entered.add(1, ordering: .sequentiallyConsistent)
            if open.load(ordering: .sequentiallyConsistent) == piece { claimIndices() }
            entered.subtract(1, ordering: .sequentiallyConsistent)
        }
    }

    private func claimIndices() {
        guard let body else { return }
        let count = count
        while true {
            let index = next.add(1, ordering: .relaxed).oldValue
            guard index < count else { return }
            body(index)
        }
    }

    /// The next open piece: spins for a while, then sleeps. `nil` when the pool ends.
    private func awaitPiece(after last: Int) -> Int? {
        var rounds = 0
        while !stopping.load(ordering: .relaxed) {
            if let piece = newPiece(after: last) { return piece }
            rounds += 1
            if rounds < Self.spinRounds {
                audiolm_cpu_relax()
            } else {
                sleeping.add(1, ordering: .sequentiallyConsistent)
                doorbell.wait {
                    newPiece(after: last) != nil || stopping.load(ordering: .sequentiallyConsistent)
                }
                sleeping.subtract(1, ordering: .sequentiallyConsistent)
                rounds = 0
            }
        }
        return nil
    }

    private func newPiece(after last: Int) -> Int? {
        let piece = open.load(ordering: .sequentiallyConsistent)
        return piece != 0 && piece != last ? piece : nil
    }
}
