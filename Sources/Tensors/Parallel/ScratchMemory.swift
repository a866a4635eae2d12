internal import Synchronization

/// Memory that the steps of some work need for a moment, kept from one step to the next so that none of them
/// allocates.
final class ScratchMemory: Sendable {
    private let idle = Mutex<[Block]>([])

    /// Calls `body` with at least `byteCount` undefined bytes on a cache line's boundary, its own until it returns.
    func with<R>(byteCount: Int, _ body: (UnsafeMutableRawPointer) throws -> R) rethrows -> R {
        let kept: Block? = idle.withLock { idle in
            if let fitting = idle.lastIndex(where: { $0.byteCount >= byteCount }) {
                return idle.remove(at: fitting)
            }
            // One that is too small makes room for the next.
            _ = idle.popLast()
            return nil
        }
        let block = kept ?? Block(byteCount: byteCount)
        defer { idle.withLock { $0.append(block) } }
        return try body(block.pointer)
    }

    /// `@unchecked Sendable`: of one borrower at a time.
    private final class Block: @unchecked Sendable {
        let pointer: UnsafeMutableRawPointer
        let byteCount: Int

        init(byteCount: Int) {
            self.byteCount = byteCount
            pointer = .allocate(byteCount: byteCount, alignment: 64)
        }

        deinit { pointer.deallocate() }
    }
}
