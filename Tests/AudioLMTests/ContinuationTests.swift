import AudioLM
import Foundation
import Testing

@Suite struct ContinuationTests {
    @Test func givesExactlyTheSecondsAskedFor() async throws {
        let bundle = try TinyBundle.load()
        for seconds in [0.001, 0.5, 1.0, 2.345] {
            let options = ContinuationOptions(seconds: seconds, seed: 1)
            let result = try await Collected(bundle.extend(TinyBundle.prompt(), options: options))
            #expect(result.samples.count == Int((seconds * 24000).rounded()))
            let finite = result.samples.allSatisfy { $0.isFinite }
            #expect(finite)
            #expect(result.summary?.seconds == Double(result.samples.count) / 24000)
        }
    }

    /// Far beyond the windows of all stages (0.6 to 1.6 s).
    @Test func reportsExactProgressAndASummary() async throws {
        let options = ContinuationOptions(seconds: 8, seed: 5)
        let result = try await Collected(TinyBundle.load().extend(TinyBundle.prompt(), options: options))
        #expect(result.chunks > 4)
        for stage in ContinuationStage.allCases {
            let reports = result.progress.filter { $0.stage == stage }
            #expect(reports.map(\.done) == reports.map(\.done).sorted())
            #expect(Set(reports.map(\.total)).count == 1)
            #expect(reports.last?.done == reports.last?.total, "\(stage)")
        }
        let summary = try #require(result.summary)
        #expect(summary.seed == 5)
        #expect(summary.tokens[.coarse] == 403 * 4)
        #expect(summary.tokens[.fine] == 403 * 8)
        #expect(summary.stageSeconds.keys.count == ContinuationStage.allCases.count)
        #expect(summary.stageSeconds.values.reduce(0, +) <= summary.wallSeconds)
    }

    @Test func dependsOnTheSeedButNotOnThreads() async throws {
        func samples(seed: UInt64, threads: Int) async throws -> [Float] {
            let options = ContinuationOptions(seconds: 2, seed: seed)
            return try await Collected(
                TinyBundle.load(threads: threads).extend(TinyBundle.prompt(), options: options)
            ).samples
        }
        let one = try await samples(seed: 1, threads: 1)
        #expect(try await one == samples(seed: 1, threads: 2))
        #expect(try await one != samples(seed: 2, threads: 1))
    }

    @Test func variationsTogetherAreThoseMadeOneByOne() async throws {
        let bundle = try TinyBundle.load(threads: 2)
        let options = ContinuationOptions(seconds: 2.5, seed: 7)
        var samples = [[Float]](repeating: [], count: 3)
        var seeds: [UInt64] = []
        for try await event in bundle.extend(TinyBundle.prompt(), options: options, variations: 3) {
            switch event {
            case .progress: break
            case .audio(let variation, let chunk): samples[variation] += chunk
            case .finished(let summaries): seeds = summaries.map(\.seed)
            }
        }
        #expect(seeds == [7, 8, 9])
        for (index, seed) in seeds.enumerated() {
            let alone = ContinuationOptions(seconds: 2.5, seed: seed)
            #expect(
                try await samples[index]
                    == Collected(bundle.extend(TinyBundle.prompt(), options: alone)).samples)
        }
    }

    @Test func noVariationsAreRefused() async {
        await #expect(throws: ContinuationError.self) {
            let options = ContinuationOptions(seconds: 1, seed: 1)
            for try await _ in try TinyBundle.load().extend(
                TinyBundle.prompt(), options: options, variations: 0)
            {}
        }
    }

    @Test func samplingOptionsOverrideTheBundle() async throws {
        func samples(seed: UInt64, _ sampling: [TokenStage: SamplingOptions]) async throws -> [Float] {
            let options = ContinuationOptions(seconds: 1, seed: seed, sampling: sampling)
            return try await Collected(TinyBundle.load().extend(TinyBundle.prompt(), options: options))
                .samples
        }
        let greedy = Dictionary(
            uniqueKeysWithValues: TokenStage.allCases.map { ($0, SamplingOptions(temperature: 0)) })
        #expect(try await samples(seed: 1, greedy) == samples(seed: 2, greedy))
        #expect(try await samples(seed: 1, greedy) != samples(seed: 1, [:]))
    }

    @Test func atOnceIsTheSameSound() async throws {
        let bundle = try TinyBundle.load()
        let options = ContinuationOptions(seconds: 1.5, seed: 4)
        let streamed = try await Collected(bundle.extend(TinyBundle.prompt(), options: options)).samples
        #expect(try bundle.continuation(of: TinyBundle.prompt(), options: options) == streamed)
    }

    @Test func withoutSemanticTokensThatStageIsStill() async throws {
        let bundle = try TinyBundle.load()
        let options = ContinuationOptions(seconds: 1.5, seed: 4, usesSemanticTokens: false)
        let acoustic = try await Collected(bundle.extend(TinyBundle.prompt(), options: options))
        let summary = try #require(acoustic.summary)
        #expect(acoustic.samples.count == 36_000 && summary.tokens[.semantic] == 0)
        #expect(!acoustic.progress.contains { $0.stage == .semantic })
        let whole = try bundle.continuation(
            of: TinyBundle.prompt(), options: ContinuationOptions(seconds: 1.5, seed: 4))
        #expect(acoustic.samples != whole)
        // Nothing is drawn from the semantic stage, so how it would draw does not matter.
        let wild = ContinuationOptions(
            seconds: 1.5, seed: 4, sampling: [.semantic: SamplingOptions(temperature: 5)],
            usesSemanticTokens: false)
        #expect(try bundle.continuation(of: TinyBundle.prompt(), options: wild) == acoustic.samples)
    }

    @Test func hearsTheEndOfThePrompt() async throws {
        let bundle = try TinyBundle.load()
        let options = ContinuationOptions(seconds: 1, seed: 1, promptSeconds: 1)
        let long = TinyBundle.prompt(seconds: 3)
        let whole = try await Collected(bundle.extend(long, options: options)).samples
        let other = [Float](repeating: 0.01, count: 24000) + long.dropFirst(24000)
        #expect(try await whole == Collected(bundle.extend(other, options: options)).samples)
    }

    @Test func soundComesBeforeTheEnd() async throws {
        var stagesAfterSound = 0
        var heard = false
        let options = ContinuationOptions(seconds: 3, seed: 1)
        for try await event in try TinyBundle.load().extend(TinyBundle.prompt(), options: options) {
            switch event {
            case .audio: heard = true
            case .progress where heard: stagesAfterSound += 1
            default: break
            }
        }
        #expect(stagesAfterSound > 10)
    }

    @Test(arguments: [0, -1, .nan, .infinity, 1e9])
    func refusesImpossibleLengths(seconds: Double) async throws {
        await expectRefusal(ContinuationOptions(seconds: seconds, seed: 1))
    }

    @Test func refusesBadPromptsAndSampling() async throws {
        await expectRefusal(ContinuationOptions(seconds: 1, seed: 1), prompt: TinyBundle.prompt(seconds: 0.9))
        await expectRefusal(
            ContinuationOptions(seconds: 1, seed: 1), prompt: [Float](repeating: .nan, count: 48000))
        await expectRefusal(ContinuationOptions(seconds: 1, seed: 1, promptSeconds: 0.2))
        await expectRefusal(
            ContinuationOptions(seconds: 1, seed: 1, sampling: [.fine: SamplingOptions(topP: 0)]))
    }

    private func expectRefusal(
        _ options: ContinuationOptions, prompt: [Float] = TinyBundle.prompt(),
        sourceLocation: SourceLocation = #_sourceLocation
    ) async {
        await #expect(throws: ContinuationError.self, sourceLocation: sourceLocation) {
            _ = try await Collected(TinyBundle.load().extend(prompt, options: options))
        }
    }
}
