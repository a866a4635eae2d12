internal import Tensors

/// Draws tokens from logits with a random sequence of its own, so that one stage's draws never shift another's.
package struct TokenSampler: Sendable {
    package let sampling: Sampling
    private var generator: SeededGenerator

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
        var likeliest = 0
        for token in 1..<max(logits.count, 1) where logits[token] > logits[likeliest] { likeliest = token }
        guard sampling.temperature > 0 else { return likeliest }
        let scale = 1 / sampling.temperature
        let weights = logits.map { Float(exponential(Double(($0 - logits[likeliest]) * scale))) }
        guard sampling.topK > 0 || sampling.topP < 1 else {
            return pick(weights.indices, weights, chance) ?? likeliest
        }
        return pick(kept(weights), weights, chance) ?? likeliest
    }

    /// The tokens that top-k and then top-p leave, likeliest first, equal ones in the order of their numbers.
    private func kept(_ weights: [Float]) -> ArraySlice<Int> {
        let total = weights.reduce(0, +)
        // Tokens this unlikely cannot be needed to reach top-p.
        let floor = sampling.topP < 1 ? (1 - sampling.topP) * total / Float(weights.count) : 0
        var order = weights.indices.filter { weights[$0] >= floor }
        order.sort { (weights[$0], $1) > (weights[$1], $0) }
        if sampling.topK > 0 { order = Array(order.prefix(sampling.topK)) }
        guard sampling.topP < 1 else { return order[...] }
        let mass = order.reduce(0) { $0 + weights[$1] } * sampling.topP
        var sum: Float = 0
        let last = order.firstIndex { token in
            sum += weights[token]
            return sum >= mass
        }
        return order[...(last ?? order.endIndex - 1)]
    }

    /// The token at which the running sum passes `chance` of the whole.
    private func pick(_ tokens: some Collection<Int>, _ weights: [Float], _ chance: Float) -> Int? {
        let threshold = tokens.reduce(0) { $0 + weights[$1] } * chance
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
