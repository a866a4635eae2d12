import Foundation
import SemanticTokenizer
import SoundStream
import Tensors
import Testing
import TokenTransformers

@testable import AudioLM

/// What continuations are chosen by, and that they are.
@Suite struct RerankingTests {
    let bundle: AudioLMBundle
    let reranking: Reranking
    let pool = WorkerPool(threads: 1)

    init() throws {
        bundle = try TinyBundle.load()
        reranking = try #require(bundle.networks.reranking)
    }

    @Test func profilesAreTheLessAlikeTheMoreIsDifferent() {
        let major = [1.0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0]
        let played = NoteProfile(onsets: 0.2, pitches: major)
        #expect(abs(played.likeness(to: played) - 1) < 1e-6)
        let louder = NoteProfile(onsets: 0.2, pitches: major.map { 0.5 * $0 + 0.1 })
        #expect(abs(played.likeness(to: louder) - 1) < 1e-6)
        let slower = NoteProfile(onsets: 0.1, pitches: major)
        let sparse = NoteProfile(onsets: 0.01, pitches: major)
        let elsewhere = NoteProfile(onsets: 0.2, pitches: [0, 1, 1, 1, 0, 1, 1, 0, 1, 1, 1, 1])
        #expect(played.likeness(to: slower) < 0.5)
        #expect(played.likeness(to: slower) > played.likeness(to: sparse))
        #expect(abs(played.likeness(to: slower) - slower.likeness(to: played)) < 1e-12)
        #expect(abs(played.likeness(to: elsewhere) + 1) < 1e-6)
        let pause = NoteProfile(onsets: 0, pitches: [Double](repeating: 0, count: 12))
        #expect(played.likeness(to: pause).isFinite)
        #expect(pause.likeness(to: pause).isFinite)
    }

    @Test func aProfileIsTheMeanOfItsTokens() {
        let (one, other) = (reranking.notes.profile(of: [3]), reranking.notes.profile(of: [7]))
        let both = reranking.notes.profile(of: [3, 7, 7, 3])
        #expect(one != other)
        #expect(abs(both.onsets - (one.onsets + other.onsets) / 2) < 1e-6)
        for (pitch, pair) in zip(both.pitches, zip(one.pitches, other.pitches)) {
            #expect(abs(pitch - (pair.0 + pair.1) / 2) < 1e-6)
        }
    }

    @Test func theMostFittingCandidateIsKept() {
        let prompt = PromptStyle(of: [5, 5], notes: reranking.notes)
        let candidates = [[1, 2], [9, 9], [5, 5], [5, 5]]
        #expect(reranking.best(of: candidates, after: [], horizon: 2, prompt: prompt) == 2)
        // What was kept counts as far as the horizon reaches.
        let far = reranking.best(of: [[9, 9], [5, 5]], after: [9, 9], horizon: 2, prompt: prompt)
        #expect(far == 1)
    }

    @Test func whatIsCaughtIsLessLikeThePrompt() {
        let prompt = PromptStyle(of: [1, 2, 3, 4, 1, 2, 3, 4], notes: reranking.notes)
        #expect(abs(prompt.likeness(of: [4, 3, 2, 1]) - 1) < 1e-6)
        #expect(abs(prompt.likeness(of: [1, 2, 3, 4]) - 1) < 1e-6)
        func lack(_ tokens: [Int], beside prompt: PromptStyle, of profile: [Int]) -> Double {
            let notes = reranking.notes
            return notes.profile(of: tokens).likeness(to: notes.profile(of: profile))
                - prompt.likeness(of: tokens)
        }
        // A half and a quarter of the kinds of token.
        #expect(abs(lack([1, 2, 1, 2], beside: prompt, of: [1, 2, 3, 4]) - log(2)) < 1e-6)
        #expect(abs(lack([1, 1, 1, 1], beside: prompt, of: [1, 2, 3, 4]) - log(4)) < 1e-6)
        // More variety than the prompt's is no merit, and none is asked of a prompt without.
        let still = PromptStyle(of: [7, 7, 7], notes: reranking.notes)
        #expect(abs(lack([1, 2, 3], beside: still, of: [7])) < 1e-6)
        #expect(abs(still.likeness(of: [7, 7, 7, 7, 7]) - 1) < 1e-6)
    }

    @Test func moreCandidatesStayNearerToThePrompt() throws {
        let prompt = bundle.networks.semanticTokenizer.tokenize(TinyBundle.prompt(), on: pool)
        let style = PromptStyle(of: prompt, notes: reranking.notes)
        let likeness = try [1, 16].map { count in
            try (0..<4).reduce(0.0) { sum, seed in
                let tokens = try tokens(100, after: prompt, candidates: count, seed: UInt64(seed))
                return sum + style.likeness(of: tokens)
            }
        }
        #expect(likeness[1] > likeness[0])
    }

    @Test func lengthDoesNotChangeWhatIsChosen() throws {
        func samples(_ seconds: Double, candidates: Int?) throws -> [Float] {
            try bundle.continuation(
                of: TinyBundle.prompt(),
                options: ContinuationOptions(seconds: seconds, seed: 3, candidates: candidates))
        }
        // The fine stage sees the frames of a chunk together, whatever follows.
        let (codec, fine) = (bundle.networks.codec.configuration, bundle.networks.fineStage.configuration)
        let chunk = Double((fine.framesPerChunk - codec.delay) * codec.hop) / Double(codec.sampleRate)
        let short = try samples(chunk, candidates: nil)
        #expect(try samples(3, candidates: nil).prefix(short.count) == short[...])
        #expect(try samples(chunk, candidates: 3) == short)
        #expect(try samples(chunk, candidates: 1) != short)
    }

    @Test(arguments: [0, 65])
    func refusesSoManyCandidates(_ count: Int) {
        #expect(throws: ContinuationError("\(count) candidates, expected 1 to 64")) {
            try bundle.continuation(
                of: TinyBundle.prompt(),
                options: ContinuationOptions(seconds: 1, seed: 3, candidates: count))
        }
    }

    @Test func aBundleMayHaveNothingToChooseBy() throws {
        try TinyBundle.withoutSection("reranking") { (plain) throws in
            func samples(_ bundle: AudioLMBundle, _ candidates: Int?) throws -> [Float] {
                try bundle.continuation(
                    of: TinyBundle.prompt(),
                    options: ContinuationOptions(seconds: 0.5, seed: 3, candidates: candidates))
            }
            #expect(try samples(plain, nil) == samples(bundle, 1))
            let error = #expect(throws: ContinuationError.self) { try samples(plain, 2) }
            #expect(error?.description.contains("ask for 1") == true)
        }
    }

    /// Four with four candidates are two on each of two threads, three are in step on both.
    @Test(arguments: [[5, 6, 7, 8], [5, 6, 7]])
    func variationsAreWhatTheyAreAlone(seeds: [UInt64]) throws {
        let prompt = bundle.networks.semanticTokenizer.tokenize(TinyBundle.prompt(), on: pool)
        var continuation = continuation(
            of: prompt, candidates: 4, seeds: seeds, on: WorkerPool(threads: 2))
        let together = try (0..<120).map { _ in try continuation.next(on: WorkerPool(threads: 2)) {} }
        for (index, seed) in seeds.enumerated() {
            #expect(try together.map { $0[index] } == tokens(120, after: prompt, candidates: 4, seed: seed))
        }
    }

    private func tokens(_ count: Int, after prompt: [Int], candidates: Int, seed: UInt64) throws -> [Int] {
        var continuation = continuation(of: prompt, candidates: candidates, seeds: [seed], on: pool)
        return try (0..<count).map { _ in try continuation.next(on: pool) {}[0] }
    }

    private func continuation(of prompt: [Int], candidates: Int, seeds: [UInt64], on pool: WorkerPool)
        -> SemanticContinuation
    {
        SemanticContinuation(
            prompt, stage: bundle.networks.semanticStage, sampling: bundle.sampling[.semantic],
            reranking: reranking, candidates: candidates, seeds: seeds, on: pool)
    }
}
