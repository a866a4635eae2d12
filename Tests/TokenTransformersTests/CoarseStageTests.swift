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
        let logits = stage.logits(
            codes, semantic: try golden.integers("tokens"), heard: codes, on: pool)
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
        let codes =
            prompt + continuation(of: prompt, semantic: semantic, by: 20, Sampling(temperature: 0), seed: 1)
        let logits = stage.logits(codes, semantic: semantic, heard: prompt, on: pool)
        for level in 0..<3 {
            #expect(logits[level].argmaxOfRows().dropFirst(8) == codes.map { $0[level] }.dropFirst(8))
        }
    }

    @Test func howThePromptSoundsMattersAndTheOrderOfItsFramesDoesNot() throws {
        let golden = try TinyStages.golden("coarse_stage")
        let codes = frames(try golden.integers("codes"), levels: 3)
        func logits(heard: [[Int]]) throws -> Tensor {
            stage.logits(codes, semantic: try golden.integers("tokens"), heard: heard, on: pool)[0]
        }
        let whole = try logits(heard: codes)
        #expect(try largestDifference(whole, logits(heard: codes.reversed())) < 1e-4)
        #expect(try largestDifference(whole, logits(heard: Array(codes.prefix(9)))) > 1e-2)
        #expect(try largestDifference(whole, logits(heard: [])) > 1e-2)
    }

    @Test func framesCompleteWhenTheirLastLevelIsDrawn() throws {
        var samplers = [TokenSampler(Sampling(), seed: 1, stream: 2)]
        var state = stage.makeState(prompt: [[1, 2, 3], [4, 5, 6]], semantic: [1, 2, 3, 4], on: pool)
        #expect(state.completeFrames == 0)
        for expected in [0, 0, 1, 2] {
            stage.next(&state, &samplers, on: pool)
            #expect(state.completeFrames == expected)
        }
        #expect(state.takeFrames(2)[0].joined().allSatisfy { (0..<32).contains($0) })
        #expect(state.completeFrames == 0)
    }

    @Test func whatNotesSoundOnInIsDrawnMoreSurely() {
        let prompt = [[1, 2, 3], [4, 5, 6]]
        let semantic = (0..<20).map { $0 % 7 }
        func codes(_ sustained: SustainedDraws?, seed: UInt64) -> [[Int]] {
            var samplers = [TokenSampler(Sampling(temperature: 3), seed: seed, stream: 2)]
            var state = stage.makeState(prompt: prompt, semantic: semantic, on: pool)
            while state.completeFrames < 20 {
                stage.next(&state, &samplers, sustained: sustained, on: pool)
            }
            return state.takeFrames(20)[0]
        }
        func sustained(_ holds: (Int) -> Bool, minP: Float) -> SustainedDraws {
            SustainedDraws(
                isSustained: (0..<stage.configuration.semanticVocabulary).map(holds), minP: minP)
        }
        let plain = codes(nil, seed: 1)
        #expect(codes(sustained({ _ in false }, minP: 1), seed: 1) == plain)
        #expect(codes(sustained({ _ in true }, minP: 1e-30), seed: 1) == plain)
        // The likeliest code of the first level, whatever the seed, and no longer where a note may be struck.
        let first = (1...8).map { codes(sustained({ _ in true }, minP: 1), seed: $0)[0] }
        #expect(Set(first.map { $0[0] }).count == 1 && Set(first.map { $0[2] }).count > 1)
        let struckNext = semantic[prompt.count / stage.configuration.framesPerSemanticToken + 1]
        let free = (1...8).map { codes(sustained({ $0 != struckNext }, minP: 1), seed: $0)[0][0] }
        #expect(Set(free).count > 1)
    }

    @Test func stepsNeedTheTokensThatTheySee() throws {
        let state = stage.makeState(
            prompt: [[1, 2, 3], [4, 5, 6], [7, 8, 9]], semantic: [1, 2], on: pool)
        #expect(stage.semanticTokensNeeded(state) == 1 + 2 + 1 - 2)
    }

    @Test func takenFramesDoNotMatterToLaterOnes() {
        let sampling = Sampling(temperature: 1, topK: 20)
        let semantic = (0..<20).map { $0 % 7 }
        let whole = continuation(of: [[1, 2, 3]], semantic: semantic, by: 30, sampling, seed: 3)
        var samplers = [TokenSampler(sampling, seed: 3, stream: 2)]
        var state = stage.makeState(prompt: [[1, 2, 3]], semantic: semantic, on: pool)
        var taken: [[Int]] = []
        while taken.count < 30 {
            stage.next(&state, &samplers, on: pool)
            taken += state.takeFrames(state.completeFrames)[0]
        }
        #expect(taken == whole)
    }

    @Test func sequencesInStepGoOnAsAlone() {
        let sampling = Sampling(temperature: 1, topK: 20)
        var samplers = (3...6).map { TokenSampler(sampling, seed: UInt64($0), stream: 2) }
        var state = stage.makeState(prompt: [[1, 2, 3]], semantic: [1, 2], on: pool).repeated(4)
        while state.completeFrames < 40 { stage.next(&state, &samplers, on: pool) }
        for (index, frames) in state.takeFrames(40).enumerated() {
            #expect(
                frames
                    == continuation(
                        of: [[1, 2, 3]], semantic: [1, 2], by: 40, sampling, seed: UInt64(3 + index)))
        }
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
        var samplers = [TokenSampler(sampling, seed: seed, stream: 2)]
        var state = stage.makeState(prompt: prompt, semantic: semantic, on: pool)
        while state.completeFrames < count { stage.next(&state, &samplers, on: pool) }
        return state.takeFrames(count)[0]
    }
}
