import Tensors
import Testing
import TokenTransformers

@Suite struct FineStageTests {
    let stage: FineStage
    let pool = WorkerPool(threads: 1)
    let window: [[Int]]
    let promptFrames: Int

    init() throws {
        stage = try TinyStages.fine()
        let golden = try TinyStages.golden("fine_stage")
        window = frames(try golden.integers("codes"), levels: 6)
        promptFrames = try golden.integers("prompt")[0]
    }

    @Test(arguments: [(3, "first_logits"), (5, "last_logits")])
    func agreesWithPyTorch(level: Int, name: String) throws {
        let expected = try TinyStages.golden("fine_stage").tensor(name)
        let logits = stage.logits(level, of: window, promptFrames: promptFrames, on: pool)
        #expect(largestDifference(logits, expected) < 1e-4)
    }

    @Test func keepsThePromptAndTheLowerLevels() {
        let completed = complete(seed: 5, threads: 1)
        #expect(completed.prefix(promptFrames) == window.prefix(promptFrames))
        #expect(completed.map { Array($0.prefix(3)) } == window.map { Array($0.prefix(3)) })
        #expect(completed.joined().allSatisfy { (0..<32).contains($0) })
    }

    @Test func threadsDoNotChangeCodesButSeedsDo() {
        let one = complete(seed: 5, threads: 1)
        #expect(one == complete(seed: 5, threads: 2))
        #expect(one != complete(seed: 6, threads: 1))
    }

    /// The window with its fine codes drawn anew; they start out as codes that must not matter.
    private func complete(seed: UInt64, threads: Int) -> [[Int]] {
        let pool = WorkerPool(threads: threads)
        var sampler = TokenSampler(Sampling(temperature: 1), seed: seed, stream: 3)
        var codes = window
        var buffers = stage.makeBuffers()
        for frame in promptFrames..<codes.count {
            for level in 3..<6 { codes[frame][level] = 0 }
        }
        var window = stage.makeWindow(codes, promptFrames: promptFrames)
        for level in 3..<6 { stage.predict(level, of: &window, &sampler, &buffers, on: pool) }
        return window.codes
    }
}
