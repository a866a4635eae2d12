import AudioLM
import Testing

/// Sound made anew from semantic tokens.
@Suite struct ResynthesisTests {
    @Test func lengthStaysAndSeedsDecide() throws {
        let bundle = try TinyBundle.load()
        let snippet = Array(TinyBundle.prompt().prefix(30_001))
        let sound = try bundle.resynthesize(snippet, options: ResynthesisOptions(seed: 3))
        #expect(sound.count == snippet.count && sound.allSatisfy { $0.isFinite })
        #expect(
            try TinyBundle.load(threads: 2).resynthesize(snippet, options: ResynthesisOptions(seed: 3))
                == sound)
        #expect(try bundle.resynthesize(snippet, options: ResynthesisOptions(seed: 4)) != sound)
        let voice = TinyBundle.prompt(seconds: 3)
        let voiced = try bundle.resynthesize(snippet, as: voice, options: ResynthesisOptions(seed: 3))
        #expect(voiced.count == snippet.count && voiced != sound)
    }

    @Test func refusesWhatItCannotUse() throws {
        let bundle = try TinyBundle.load()
        let options = ResynthesisOptions(seed: 1)
        #expect(throws: ContinuationError.self) { try bundle.resynthesize([.nan], options: options) }
        #expect(throws: ContinuationError.self) {
            try bundle.resynthesize(
                TinyBundle.prompt(), as: [Float](repeating: 0.1, count: 23_999), options: options)
        }
        let wild = ResynthesisOptions(seed: 1, sampling: [.coarse: SamplingOptions(temperature: -1)])
        #expect(throws: ContinuationError.self) {
            try bundle.resynthesize(TinyBundle.prompt(), options: wild)
        }
    }
}
