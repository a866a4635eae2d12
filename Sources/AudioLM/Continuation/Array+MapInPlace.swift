import Tensors

extension Array {
    /// What `body` makes of each element and its number: of several at a time, each on a thread of its own, where they
    /// keep all threads busy, else of one after the other, on all threads.
    mutating func mapInPlace<R>(
        on pool: WorkerPool, _ body: (inout Element, Int) throws -> R
    ) throws -> [R] {
        guard count >= pool.threadCount else { return try indices.map { try body(&self[$0], $0) } }
        var results = [Result<R, any Error>?](repeating: nil, count: count)
        withUnsafeMutableBufferPointer { elements in
            results.withUnsafeMutableBufferPointer { results in
                pool.run(elements.count) { index in
                    results[index] = Result { try body(&elements[index], index) }
                }
            }
        }
        return try results.compactMap { try $0?.get() }
    }
}
