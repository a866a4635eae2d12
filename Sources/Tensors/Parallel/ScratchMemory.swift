internal import Glibc
internal import Synchronization

/// Memory that the steps of some work need for a moment, kept from one step to the next so that none of them
/// allocates.
///
/// Threads that share work ask at the same moment, again and again: nobody waits, each takes the first place that nobody
/// has, and begins to look at a place of its own, lest they all touch the same one.
final class ScratchMemory: Sendable {
    private let places: [Place]

    /// - Parameter places: as many as ask at a time; for more than these memory is allocated each time.
    init(places: Int) {
        self.places = (0..<places).map { _ in Place() }
    }

    /// Calls `body` with at least `byteCount` undefined bytes on a cache line's boundary, its own until it returns.
    func with<R>(byteCount: Int, _ body: (UnsafeMutableRawPointer) throws -> R) rethrows -> R {
        guard let place = takePlace() else {
            let memory = Place.allocate(byteCount)
            defer { memory.deallocate() }
            return try body(memory)
        }
        defer { place.giveBack() }
        return try body(place.memory(byteCount))
    }

    private func takePlace() -> Place? {
        // Threads' descriptors lie apart by a stack and a page; their bits are mixed, so that any number of places will do.
        let first = Int((UInt64(pthread_self()) &* 0x9e37_79b9_7f4a_7c15) >> 33) % places.count
        for offset in places.indices {
            let place = places[(first + offset) % places.count]
            if place.take() { return place }
        }
        return nil
    }

    /// `@unchecked Sendable`: the memory is that of who has taken the place.
    private final class Place: @unchecked Sendable {
        private let taken = Atomic(false)
        private var byteCount = 0
        private var memory: UnsafeMutableRawPointer?

        static func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer {
            .allocate(byteCount: max(byteCount, 1), alignment: 64)
        }

        func take() -> Bool {
            !taken.load(ordering: .relaxed)
                && taken.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged
        }

        func giveBack() { taken.store(false, ordering: .releasing) }

        /// Of who has taken the place.
        func memory(_ byteCount: Int) -> UnsafeMutableRawPointer {
            if let memory, self.byteCount >= byteCount { return memory }
            memory?.deallocate()
            let memory = Self.allocate(byteCount)
            (self.memory, self.byteCount) = (memory, byteCount)
            return memory
        }

        deinit { memory?.deallocate() }
    }
}
