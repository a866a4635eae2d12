import AudioLM
import Foundation

@testable import AudioLMCommand

/// Stands in for a bundle: continues with a tone whose pitch is the seed's, in chunks of a tenth of a second.
struct ToneModel: SoundModel {
    let name = "tone"
    let sampleRate = 24000
    let promptSeconds = 12.0
    let semanticVocabulary = 4
    let choosesAmongCandidates = false
    var passes = true
    /// Never finishes where set.
    var stalls = false

    var information: BundleInformation {
        BundleInformation(
            name: name, folder: "Models/tone", format: 1,
            parts: [
                .init(name: "codec", file: "codec.safetensors", parameters: 12_345_678, bytes: 23_456_789)
            ],
            instructionSet: "reference", threads: 1)
    }

    func semanticTokens(_ samples: [Float]) -> [Int] { tokenize(samples).semantic }

    func tokenize(_ samples: [Float]) -> AudioTokens {
        AudioTokens(
            semantic: [Int](repeating: 3, count: samples.count / 960),
            acoustic: (0..<samples.count / 480).map { [Int](repeating: $0 % 1024, count: 12) })
    }

    func detokenize(_ tokens: AudioTokens) -> [Float] {
        tokens.acoustic.flatMap { [Float](repeating: 0.01 * Float($0.count), count: 480) }
    }

    /// The snippet upside down, or the voice where there is one.
    func resynthesize(_ snippet: [Float], as voice: [Float]?, options: ResynthesisOptions) -> [Float] {
        voice ?? snippet.map { -$0 }
    }

    func verify() -> [VerificationResult] {
        [VerificationResult(part: "codec", passed: passes, detail: "as trained")]
    }

    func extend(
        _ prompt: [Float], options: ContinuationOptions, variations: Int
    ) -> AsyncThrowingStream<VariationsEvent, any Error> {
        AsyncThrowingStream { events in
            let count = Int((options.seconds * 24000).rounded())
            let seeds = (0..<variations).map { options.seed + UInt64($0) }
            for start in stride(from: 0, to: count, by: 2400) {
                events.yield(.progress(ContinuationProgress(stage: .coarse, done: start, total: count)))
                let chunk = start..<min(count, start + 2400)
                for (variation, seed) in seeds.enumerated() {
                    let step = 2 * Double.pi * Double(200 + seed % 100) / 24000
                    events.yield(
                        .audio(variation: variation, chunk.map { 0.2 * Float(sin(Double($0) * step)) }))
                }
            }
            guard !stalls else { return }
            events.yield(
                .finished(
                    seeds.map {
                        ContinuationSummary(
                            seed: $0, seconds: options.seconds, tokens: [.semantic: 25],
                            stageSeconds: [.coarse: 0.5], wallSeconds: 2)
                    }))
            events.finish()
        }
    }
}
