import Synchronization
import Tensors
import Testing

@Suite struct WorkerPoolTests {
    @Test(arguments: [1, 2, 4])
    func everyIndexRunsOnce(threads: Int) {
        let pool = WorkerPool(threads: threads)
        for count in [0, 1, 2, 7, 1000] {
            for _ in 0..<50 {
                var hits = [Int](repeating: 0, count: count)
                hits.withUnsafeMutableBufferPointer { hits in
                    let hits = hits.baseAddress
                    pool.run(count) { hits?[$0] += 1 }
                }
                #expect(hits.allSatisfy { $0 == 1 })
            }
        }
    }

    @Test func nestedAndConcurrentCallsComplete() async {
        let pool = WorkerPool(threads: 3)
        let total = Atomic<Int>(0)
        pool.run(4) { _ in pool.run(5) { _ in total.add(1, ordering: .relaxed) } }
        #expect(total.load(ordering: .relaxed) == 20)
        let counts = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let count = Atomic<Int>(0)
                    for _ in 0..<200 { pool.run(9) { _ in count.add(1, ordering: .relaxed) } }
                    return count.load(ordering: .relaxed)
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(counts == [1800, 1800, 1800, 1800])
    }

    @Test func poolsEndWithTheirThreads() {
        for _ in 0..<30 { WorkerPool(threads: 2).run(3) { _ in } }
    }
}
