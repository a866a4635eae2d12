@testable import Comparison

/// A model without networks: codes to 8 bits, hears levels, and continues by the prompt backwards.
struct StandInModel: ComparisonModel {
    let name = "stand-in"
    let identity = "1"

    func impression(of continuation: [Float], after prompt: [Float]) throws -> ModelImpression {
        let seconds = stride(from: 0, through: continuation.count - Sound.sampleRate, by: Sound.sampleRate)
            .map {
                let second = continuation[$0..<$0 + Sound.sampleRate]
                return [Float(Sound.level(second)), second.reduce(0) { max($0, abs($1)) }]
            }
        let tokens = (0..<continuation.count / 960).map { Int(1000 * abs(continuation[960 * $0])) }
        return ModelImpression(
            tokens: tokens, bits: Double(Set(tokens).count), features: seconds, syntheticShare: 0.25)
    }

    func coded(_ sound: [Float]) throws -> [Float] {
        sound.dropLast(7).map { ($0 * 128).rounded() / 128 }
    }

    func acousticContinuation(of prompt: [Float], seconds: Double) throws -> [Float] {
        (0..<Sound.samples(seconds)).map { prompt[prompt.count - 1 - $0 % prompt.count] }
    }
}
