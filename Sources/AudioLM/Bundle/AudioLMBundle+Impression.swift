import SemanticTokenizer
import Tensors
import TokenTransformers

/// What a bundle's semantic networks make of a continuation.
package struct SemanticImpression: Sendable, Equatable {
    /// The continuation's tokens, 25 per second.
    package let tokens: [Int]
    /// Mean activations of the encoder, of what is clustered, over each whole second: `[seconds][width]`.
    package let features: [[Float]]
    /// Bits that each token takes under the semantic stage, everything before it known, the prompt too: `[tokens]`.
    package let bits: [Double]
}

extension AudioLMBundle {
    /// Hears a prompt and its continuation, whose sound the encoder sees together.
    /// - Parameter prompt, continuation: mono at `sampleRate`, finite; the continuation at least one token long.
    package func impression(of continuation: [Float], after prompt: [Float]) throws -> SemanticImpression {
        try requireFinite(prompt)
        try requireFinite(continuation)
        let (tokenizer, stage) = (networks.semanticTokenizer, networks.semanticStage)
        let frame = tokenizer.configuration.frameSamples
        let known = prompt.count / frame
        let count = continuation.count / frame
        guard count > 0 else {
            throw ContinuationError(
                "a continuation of \(continuation.count) samples, expected at least \(frame)")
        }
        let sound = prompt.suffix(known * frame) + continuation.prefix(count * frame)
        let features = tokenizer.features(of: Array(sound), on: pool)
        let tokens = tokenizer.tokens(of: features, on: pool)
        return SemanticImpression(
            tokens: Array(tokens[known...]),
            features: Self.means(features.rows(known..<known + count), over: max(1, sampleRate / frame)),
            bits: Self.bits(of: tokens, from: known, logits: stage.logits(tokens, on: pool)))
    }

    /// Means over every `length` rows; rows that are left over are left out.
    private static func means(_ rows: Tensor, over length: Int) -> [[Float]] {
        stride(from: 0, through: rows.rows - length, by: length).map { start in
            let piece = rows.rows(start..<start + length).elements
            return (0..<rows.columns).map { column in
                (0..<length).reduce(Float(0)) { $0 + piece[$1 * rows.columns + column] } / Float(length)
            }
        }
    }

    /// Minus the binary logarithm of each token's probability.
    private static func bits(of tokens: [Int], from first: Int, logits: Tensor) -> [Double] {
        (first..<tokens.count).map { place in
            let row = logits.rows(place..<place + 1).elements
            let highest = row.max() ?? 0
            let sum = row.reduce(0.0) { $0 + exponential(Double($1 - highest)) }
            return (logarithm(sum) - Double(row[tokens[place]] - highest)) / logarithm(2.0)
        }
    }
}
