import SemanticTokenizer
import Testing
import TokenTransformers

@testable import AudioLM

/// How surely the coarse stage draws after what prompts.
@Suite struct SustainTests {
    let bundle: AudioLMBundle
    let sustain: Sustain

    init() throws {
        bundle = try TinyBundle.load()
        sustain = try #require(bundle.networks.sustain)
    }

    /// Tokens from that in whose frames notes were struck least often to that of most.
    private var slowestFirst: [Int] {
        (0..<32).sorted { sustain.notes.profile(of: [$0]).onsets < sustain.notes.profile(of: [$1]).onsets }
    }

    @Test func theSlowerTheMoreSurely() throws {
        let tokens = slowestFirst
        let slow = try #require(sustain.draws(for: [tokens[0]]))
        let less = try #require(sustain.draws(for: [tokens[4], tokens[5]]))
        #expect(slow.minP > less.minP && slow.minP <= sustain.configuration.minP)
        #expect(sustain.draws(for: [tokens[31]]) == nil)
        #expect(sustain.draws(for: []) == nil)
        let onsets = 25 * sustain.notes.profile(of: [tokens[0]]).onsets
        let expected = Double(sustain.configuration.minP) * (1 - onsets / sustain.configuration.slowerThan)
        #expect(abs(Double(slow.minP) - expected) < 1e-6)
    }

    @Test func tokensInWhichNotesAreSeldomStruckSoundOn() throws {
        let tokens = slowestFirst
        let draws = try #require(sustain.draws(for: [tokens[0]]))
        #expect(draws.isSustained[tokens[0]] && !draws.isSustained[tokens[31]])
        #expect(draws.isSustained.count == 32)
    }

    @Test func itMatters() throws {
        func samples(_ bundle: AudioLMBundle) throws -> [Float] {
            try bundle.continuation(
                of: TinyBundle.prompt(), options: ContinuationOptions(seconds: 1, seed: 3))
        }
        let drawn = try samples(bundle)
        try TinyBundle.withoutSection("sustain") { (plain) throws in
            let prompt = bundle.networks.semanticTokenizer.tokenize(TinyBundle.prompt(), on: bundle.pool)
            #expect(plain.networks.sustain == nil && sustain.draws(for: prompt) != nil)
            #expect(try samples(plain) != drawn)
        }
    }
}
