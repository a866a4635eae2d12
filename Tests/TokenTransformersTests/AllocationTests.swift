import AllocationCounter
import Tensors
import TestSupport
import Testing
import TokenTransformers

/// Whether the C library's allocations can be counted here.
private let areCounted: Bool = {
    let before = allocation_count()
    let tensor = Tensor([1000])
    return withExtendedLifetime(tensor) { allocation_count() > before }
}()

/// Drawing a token takes nothing from the heap, whose locks and misses would cost more than the smaller kernels; but
/// for the contexts of closures, a few bytes for each piece of work that is shared among threads, of which the tiny
/// stages have none.
@Suite(.enabled(if: areCounted, "allocations are counted with glibc alone"))
struct AllocationTests {
    @Test(arguments: [(1, 1, 1), (1, 4, 1), (2, 1, 1), (1, 2, 4)])
    func semanticTokensTakeNothing(threads: Int, sequences: Int, branches: Int) throws {
        let stage = try TinyStages.semantic()
        let pool = WorkerPool(threads: threads)
        var samplers = samplers(sequences * branches, Sampling(temperature: 0.9, topK: 20, topP: 0.9))
        var state = stage.makeState(on: pool)
        stage.read([3, 1, 2], state: &state, on: pool)
        state = state.repeated(sequences)
        if branches > 1 { state = state.branched(branches, length: 40) }
        let taken = (0..<40).map { _ in
            let before = allocation_count()
            stage.next(&state, &samplers, on: pool)
            return allocation_count() - before
        }
        #expect(taken.dropFirst().allSatisfy { $0 == 0 }, "\(taken)")
    }

    @Test(arguments: [(1, 1), (1, 4), (2, 1)])
    func coarseStepsTakeNothing(threads: Int, sequences: Int) throws {
        let stage = try TinyStages.coarse()
        let pool = WorkerPool(threads: threads)
        var samplers = samplers(sequences, Sampling())
        var state = stage.makeState(prompt: [[1, 2, 3]], semantic: [1, 2], on: pool).repeated(sequences)
        let tokens = [Int](repeating: 5, count: sequences)
        let taken = (0..<60).map { _ in
            let before = allocation_count()
            if stage.semanticTokensNeeded(state) > 0 { state.append(semantic: tokens) }
            stage.next(&state, &samplers, on: pool)
            return allocation_count() - before
        }
        // The first steps take what the later ones use again: memory for one level after the other.
        #expect(taken.dropFirst(4).allSatisfy { $0 == 0 }, "\(taken)")
    }

    private func samplers(_ count: Int, _ sampling: Sampling) -> [TokenSampler] {
        (0..<count).map { TokenSampler(sampling, seed: UInt64($0), stream: 1) }
    }
}
