import Tensors
import Testing

@testable import TokenTransformers

@Suite struct TokenSamplerTests {
    @Test func zeroTemperatureTakesTheFirstOfTheLikeliest() {
        for temperature: Float in [0, 1e-44, 1e-39] {
            #expect(draws([1, 3, 3, 2], Sampling(temperature: temperature), count: 5) == [1, 1, 1, 1, 1])
        }
    }

    @Test func frequenciesFollowTheProbabilities() {
        // Probabilities 0.1, 0.2, 0.7.
        let tokens = draws([0, 0.693147, 1.945910], Sampling(), count: 4000)
        for (token, probability) in [0.1, 0.2, 0.7].enumerated() {
            let share = Double(tokens.count { $0 == token }) / 4000
            #expect(abs(share - probability) < 0.03, "token \(token)")
        }
    }

    @Test func topKAndTopPLeaveTheLikeliest() {
        let logits: [Float] = [0, 0.693147, 1.945910]
        #expect(Set(draws(logits, Sampling(topK: 2), count: 200)) == [1, 2])
        #expect(Set(draws(logits, Sampling(topP: 0.65), count: 200)) == [2])
        #expect(Set(draws(logits, Sampling(topP: 0.85), count: 200)) == [1, 2])
        #expect(Set(draws(logits, Sampling(topK: 1, topP: 0.9), count: 200)) == [2])
    }

    @Test func minPLeavesWhatIsNearlyAsLikelyAsTheLikeliest() {
        // As likely as the likeliest: 1/7, 2/7, 1.
        let logits: [Float] = [0, 0.693147, 1.945910]
        #expect(Set(draws(logits, Sampling(minP: 0.1), count: 200)) == [0, 1, 2])
        #expect(Set(draws(logits, Sampling(minP: 0.2), count: 200)) == [1, 2])
        #expect(Set(draws(logits, Sampling(topK: 2, minP: 0.1), count: 200)) == [1, 2])
        #expect(Set(draws(logits, Sampling(topP: 0.65, minP: 0.1), count: 200)) == [2])
        #expect(Set(draws(logits, Sampling(minP: 1), count: 200)) == [2])
        // A cooler course is a surer one.
        #expect(Set(draws(logits, Sampling(temperature: 0.5, minP: 0.1), count: 200)) == [2])
    }

    @Test func selectionEqualsThatOfASortedList() {
        var random = SeededGenerator(seed: 4)
        // Few different logits, so that some are equal.
        let logits = (0..<300).map { _ in (random.nextNormal() * 4).rounded() / 2 }
        for (topK, topP) in [
            (0, 0.3), (0, 0.9), (0, 0.999), (1, 1), (40, 1), (40, 0.8), (300, 0.5), (999, 1),
        ] {
            let expected = sortedSelection(logits, topK: topK, topP: topP)
            let found = Set(draws(logits, Sampling(topK: topK, topP: Float(topP)), count: 20000))
            #expect(found.isSubset(of: expected), "\(topK), \(topP)")
            var likeliest = LikeliestTokens()
            logits.map { Float(exponential(Double($0))) }.withUnsafeBufferPointer {
                likeliest.select($0, topK: topK, topP: Float(topP))
            }
            #expect(likeliest.tokens.count == expected.count, "\(topK), \(topP)")
            #expect(Set(likeliest.tokens) == expected, "\(topK), \(topP)")
        }
    }

    /// What top-k and then top-p leave, by sorting.
    private func sortedSelection(_ logits: [Float], topK: Int, topP: Double) -> Set<Int> {
        let weights = logits.map { exponential(Double($0)) }
        var order = logits.indices.sorted { (weights[$0], $1) > (weights[$1], $0) }
        if topK > 0 { order = Array(order.prefix(topK)) }
        let mass = order.reduce(0) { $0 + weights[$1] } * topP
        var sum = 0.0
        let last = order.firstIndex { token in
            sum += weights[token]
            return sum >= mass * (1 - 1e-6)
        }
        return Set(order[...(last ?? order.endIndex - 1)])
    }

    @Test func sequencesDependOnSeedAndStream() {
        let logits = [Float](repeating: 0, count: 100)
        let tokens = draws(logits, Sampling(), count: 50)
        #expect(tokens == draws(logits, Sampling(), count: 50))
        #expect(tokens != draws(logits, Sampling(), count: 50, seed: 2))
        #expect(tokens != draws(logits, Sampling(), count: 50, stream: 2))
    }

    @Test func faultsAreNamed() {
        #expect(Sampling(temperature: -1).fault?.contains("temperature") == true)
        #expect(Sampling(temperature: .nan).fault?.contains("temperature") == true)
        #expect(Sampling(topK: -1).fault?.contains("top_k") == true)
        #expect(Sampling(topP: 0).fault?.contains("top_p") == true)
        #expect(Sampling(topP: 1).fault == nil)
        #expect(Sampling(minP: -0.1).fault?.contains("min_p") == true)
        #expect(Sampling(minP: .nan).fault?.contains("min_p") == true)
    }

    private func draws(
        _ logits: [Float], _ sampling: Sampling, count: Int, seed: UInt64 = 1, stream: UInt64 = 1
    ) -> [Int] {
        var sampler = TokenSampler(sampling, seed: seed, stream: stream)
        return logits.withUnsafeBufferPointer { logits in (0..<count).map { _ in sampler.draw(logits) } }
    }
}
