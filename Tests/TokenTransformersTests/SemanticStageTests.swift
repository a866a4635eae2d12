import Tensors
import Testing
import TokenTransformers

@Suite struct SemanticStageTests {
    let stage: SemanticStage
    let pool = WorkerPool(threads: 1)

    init() throws { stage = try TinyStages.semantic() }

    @Test func agreesWithPyTorch() throws {
        let golden = try TinyStages.golden("semantic_stage")
        let logits = stage.logits(try golden.integers("tokens"), on: pool)
        #expect(largestDifference(logits, try golden.tensor("logits")) < 1e-4)
    }

    @Test func cachedStepsEqualThePassOverAll() throws {
        let tokens = try TinyStages.golden("semantic_stage").integers("tokens")
        let whole = stage.logits(tokens, on: pool)
        var state = stage.makeState(on: pool)
        for (index, token) in tokens.enumerated() {
            #expect(state.logits.elements == whole.rows(index..<(index + 1)).elements)
            stage.read([token], state: &state, on: pool)
        }
        var atOnce = stage.makeState(on: pool)
        stage.read(tokens, state: &atOnce, on: pool)
        #expect(atOnce.logits.elements == state.logits.elements)
    }

    @Test func threadsDoNotChangeTokensButSeedsDo() {
        let one = continuation(seed: 7, threads: 1)
        #expect(one.count == 100)
        #expect(one == continuation(seed: 7, threads: 2))
        #expect(one != continuation(seed: 8, threads: 1))
    }

    @Test func sequencesInStepGoOnAsAlone() {
        let state = started(on: pool)
        var samplers = (7...11).map { sampler(seed: UInt64($0)) }
        var together = state.repeated(5)
        let tokens = (0..<100).map { _ in
            stage.next(&together, &samplers, on: pool)
            return together.drawn
        }
        for (index, seed) in (7...11).enumerated() {
            #expect(tokens.map { $0[index] } == continuation(seed: UInt64(seed), threads: 1))
        }
    }

    /// Branches of two sequences, of which others are kept each time, beside sequences that hold the whole past of each.
    @Test(arguments: [1, 3, 4, 6])
    func branchesAreSequencesOfTheirOwn(_ count: Int) {
        let length = 13
        var samplers = [sampler(seed: 1), sampler(seed: 2)]
        var sequences = started(on: pool).repeated(2)
        for _ in 0..<5 { stage.next(&sequences, &samplers, on: pool) }
        var branches = sequences.branched(count, length: length)
        var pasts = samplers.indices.map { index in [3, 1, 2] + drawn(5, seed: UInt64(index + 1)) }
        var branchSamplers = (0..<2 * count).map { sampler(seed: UInt64(10 + $0)) }
        for round in 0..<6 {
            var tokens = [[Int]](repeating: [], count: 2 * count)
            var alone = branchSamplers
            for _ in 0..<length - round {
                stage.next(&branches, &branchSamplers, on: pool)
                for index in tokens.indices { tokens[index].append(branches.drawn[index]) }
            }
            for index in tokens.indices {
                var state = stage.makeState(on: pool)
                stage.read(pasts[index / count], state: &state, on: pool)
                var sampler = [alone[index]]
                let expected = (0..<length - round).map { _ in
                    stage.next(&state, &sampler, on: pool)
                    return state.drawn[0]
                }
                #expect(tokens[index] == expected, "branch \(index) of round \(round)")
                alone[index] = sampler[0]
            }
            let chosen = [round % count, (round + 1) % count]
            branches.keep(chosen)
            for (sequence, branch) in chosen.enumerated() {
                pasts[sequence] += tokens[sequence * count + branch]
            }
        }
    }

    private func drawn(_ count: Int, seed: UInt64) -> [Int] {
        var samplers = [sampler(seed: seed)]
        var state = started(on: pool)
        return (0..<count).map { _ in
            stage.next(&state, &samplers, on: pool)
            return state.drawn[0]
        }
    }

    /// A hundred tokens after three, far beyond the window.
    private func continuation(seed: UInt64, threads: Int) -> [Int] {
        let pool = WorkerPool(threads: threads)
        var samplers = [sampler(seed: seed)]
        var state = started(on: pool)
        return (0..<100).map { _ in
            stage.next(&state, &samplers, on: pool)
            return state.drawn[0]
        }
    }

    private func started(on pool: WorkerPool) -> SemanticStage.State {
        var state = stage.makeState(on: pool)
        stage.read([3, 1, 2], state: &state, on: pool)
        return state
    }

    private func sampler(seed: UInt64) -> TokenSampler {
        TokenSampler(Sampling(temperature: 1, topP: 0.95), seed: seed, stream: 1)
    }
}
