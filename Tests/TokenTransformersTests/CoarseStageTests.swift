import Tensors
import Testing
import TokenTransformers

@Suite struct CoarseStageTests {
    let stage: CoarseStage
    let pool = WorkerPool(threads: 1)

    init() throws { stage = try TinyStages.coarse() }

    @Test func agreesWithPyTorch() throws {
        let golden = try TinyStages.golden("coarse_stage")
        let codes = frames(try golden.integers("codes"), levels: 3)
        let logits = stage.logits(codes, semantic: try golden.integers("tokens"), on: pool)
        let expected = try golden.tensor("logits")
        for level in 0..<3 {
            let columns = expected.reshaped([codes.count, 3 * 32]).columns((level * 32)..<((level + 1) * 32))
            #expect(largestDifference(logits[level], columns) < 1e-4, "level \(level)")
        }
    }

    @Test func greedyStepsTakeTheLikeliestCodeOfThePassOverAll() throws {
        let golden = try TinyStages.golden("coarse_stage")
        let prompt = Array(frames(try golden.integers("codes"), levels: 3).prefix(8))
        let semantic = try golden.integers("tokens")
        let codes = continuation(of: prompt, semantic: semantic, by: 20, Sampling(temperature: 0), seed: 1)
        #expect(Array(codes.prefix(8)) == prompt)
        let logits = stage.logits(codes, semantic: semantic, on: pool)
        for level in 0..<3 {
            #expect(logits[level].argmaxOfRows().dropFirst(8) == codes.map { $0[level] }.dropFirst(8))
        }
    }

    @Test func framesCompleteWhenTheirLastLevelIsDrawn() throws {
        var sampler = TokenSampler(Sampling(), seed: 1, stream: 2)
        var state = stage.makeState(prompt: [[1, 2, 3], [4, 5, 6]], semantic: [1, 2, 3, 4], on: pool)
        #expect(Array(state.completeFrames) == [[1, 2, 3], [4, 5, 6]])
        for expected in [2, 2, 3, 4] {
            stage.next(&state, &sampler, on: pool)
            #expect(state.completeFrames.count == expected)
        }
        #expect(state.completeFrames.joined().allSatisfy { (0..<32).contains($0) })
    }

    @Test func stepsNeedTheTokensThatTheySee() throws {
        let state = stage.makeState(
            prompt: [[1, 2, 3], [4, 5, 6], [7, 8, 9]], semantic: [1, 2], on: pool)
        #expect(stage.semanticTokensNeeded(state) == 1 + 2 + 1)
    }

    @Test func threadsDoNotChangeCodesButSeedsDo() {
        let sampling = Sampling(temperature: 1, topK: 20)
        let one = continuation(of: [], semantic: [1, 2], by: 60, sampling, seed: 3)
        #expect(one == continuation(of: [], semantic: [1, 2], by: 60, sampling, seed: 3, threads: 2))
        #expect(one != continuation(of: [], semantic: [1, 2], by: 60, sampling, seed: 4))
    }

    private func continuation(
        of prompt: [[Int]], semantic: [Int], by count: Int, _ sampling: Sampling, seed: UInt64,
        threads: Int = 1
    ) -> [[Int]] {
        let pool = WorkerPool(threads: threads)
        var sampler = TokenSampler(sampling, seed: seed, stream: 2)
        var state = stage.makeState(prompt: prompt, semantic: semantic, on: pool)
        while state.completeFrames.count < prompt.count + count { stage.next(&state, &sampler, on: pool) }
        return Array(state.completeFrames)
    }
}
