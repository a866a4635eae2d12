internal import CKernels
internal import Glibc
internal import Synchronization

/// A few dedicated threads that share the tiles of one piece of work after another.
///
/// Handing out work costs about a microsecond while the workers are still spinning from the piece before. The
/// caller works too, and never waits for a worker that has not begun: on a busy machine it does all the work
/// itself. Which thread computes a tile must not change its result.
package final class WorkerPool: Sendable {
    /// Threads that work, the caller included.
    package let threadCount: Int
    /// Memory for the work that is handed out.
    let scratch: ScratchMemory
    private let shared: PoolState
    private let threads: [WorkerThread]

    /// Starts `threads − 1` workers; fewer if the system refuses more.
    package init(threads: Int) {
        let shared = PoolState()
        self.shared = shared
        self.threads = (1..<max(threads, 1)).compactMap { _ in WorkerThread { shared.work() } }
        threadCount = self.threads.count + 1
        // A product and what it hands out, on each thread, and on some that are not the pool's.
        scratch = ScratchMemory(places: 2 * threadCount + 4)
    }

    deinit {
        shared.stop()
        for thread in threads { thread.join() }
    }

    /// Calls `body` for each index in `0..<count`, on any of the threads, and returns when all calls have.
    ///
    /// Only one caller at a time has the workers; another one, or `body` itself, runs its work alone.
    package func run(_ count: Int, _ body: (Int) -> Void) {
        guard count > 1, threadCount > 1, shared.claimCaller() else {
            for index in 0..<max(count, 0) { body(index) }
            return
        }
        withoutActuallyEscaping(body) { shared.share(count, $0) }
        shared.releaseCaller()
    }
}
