internal import Tensors

/// Draws tokens from logits with a random sequence of its own, so that one stage's draws never shift another's.
package struct TokenSampler: Sendable {
    package let sampling: Sampling
    /// What the next draws take as `sampling.minP` where it is more than that.
    var minP: Float = 0
    private var generator: SeededGenerator
    /// Memory that is kept from draw to draw.
    private var weights: [Float] = []
    private var likeliest = LikeliestTokens()

    /// - Parameters:
    ///   - sampling: without a `fault`.
    ///   - stream: a number for each stage of a run.
    package init(_ sampling: Sampling, seed: UInt64, stream: UInt64) {
        self.sampling = sampling
        generator = SeededGenerator(seed: seed, stream: stream)
    }

    /// A token drawn from `logits`, one per token. Takes one random number, whatever the settings.
    package mutating func draw(_ logits: UnsafeBufferPointer<Float>) -> Int {
        precondition(!logits.isEmpty, "no logits to draw from")
        let chance = generator.nextUniform()
        let top = Exponentials.indexOfLargest(logits)
        let scale = 1 / sampling.temperature
        guard scale.isFinite else { return top }
        if weights.count != logits.count { weights = [Float](repeating: 0, count: logits.count) }
        let largest = logits[top]
        return weights.withUnsafeMutableBufferPointer { weights in
            for token in weights.indices { weights[token] = (logits[token] - largest) * scale }
            Exponentials.replace(weights)
            let least = max(sampling.minP, minP)
            if least > 0 {
                for token in weights.indices where weights[token] < least { weights[token] = 0 }
            }
            let weights = UnsafeBufferPointer(weights)
            guard sampling.topK > 0 || sampling.topP < 1 else {
                return Exponentials.pick(weights, chance: chance) ?? top
            }
            likeliest.select(weights, topK: sampling.topK, topP: sampling.topP)
            return Self.pick(likeliest.tokens, weights, chance) ?? top
        }
    }

    /// The one of some tokens at which their running sum passes `chance` of the whole.
    private static func pick(
        _ tokens: ArraySlice<Int>, _ weights: UnsafeBufferPointer<Float>, _ chance: Float
    ) -> Int? {
        var total: Float = 0
        for token in tokens { total += weights[token] }
        let threshold = total * chance
        var sum: Float = 0
        var last: Int?
        for token in tokens {
            sum += weights[token]
            last = token
            if sum > threshold { return token }
        }
        return last
    }
}

extension [TokenSampler] {
    /// A token of each sequence, drawn by its sampler from its row of `logits` `[sequences, tokens]`, on the threads of
    /// a pool.
    mutating func draw(_ logits: Tensor, into tokens: inout [Int], on pool: WorkerPool) {
        precondition(
            logits.rows == count && tokens.count == count,
            "\(count) samplers for \(logits.rows) rows of logits and \(tokens.count) tokens")
        let vocabulary = logits.columns
        logits.withPointer { logits in
            withUnsafeMutableBufferPointer { samplers in
                tokens.withUnsafeMutableBufferPointer { tokens in
                    let (samplers, tokens) = (samplers, tokens)
                    pool.run(samplers.count) { sequence in
                        tokens[sequence] = samplers[sequence].draw(
                            UnsafeBufferPointer(start: logits + sequence * vocabulary, count: vocabulary))
                    }
                }
            }
        }
    }
}
