/// The tokens that top-k and then top-p leave, told apart from the others without sorting either.
struct LikeliestTokens: Sendable {
    private var order: [Int] = []
    private var kept = 0

    /// The tokens that are left, in an order that depends on the weights alone.
    var tokens: ArraySlice<Int> { order[..<kept] }

    /// - Parameters:
    ///   - weights: of each token, in proportion to its probability.
    ///   - topK: as many tokens are left, 0 for all. Of equal ones the first are left.
    ///   - topP: as few of these are left as hold this share of their probability.
    mutating func select(_ weights: UnsafeBufferPointer<Float>, topK: Int, topP: Float) {
        order.removeAll(keepingCapacity: true)
        order.reserveCapacity(weights.count)
        for token in weights.indices { order.append(token) }
        kept = order.count
        if topK > 0, topK < kept { keep(Float(topK), weights) { _ in 1 } }
        if topP < 1 {
            var mass: Float = 0
            for token in tokens { mass += weights[token] }
            keep(mass * topP, weights) { weights[$0] }
        }
    }

    /// Keeps the fewest likeliest tokens whose measures add up to `goal`: quickselect, in a time that grows with the
    /// number of tokens alone.
    private mutating func keep(
        _ goal: Float, _ weights: UnsafeBufferPointer<Float>, measuring measure: (Int) -> Float
    ) {
        var (low, high) = (0, kept)
        // What the tokens before `low`, all of which are kept, add up to.
        var sum: Float = 0
        while low < high {
            let (pivot, above) = part(low, high, weights, measure)
            if sum + above >= goal {
                high = pivot
            } else {
                sum += above + measure(order[pivot])
                low = pivot + 1
                if sum >= goal { high = low }
            }
        }
        kept = max(high, 1)
    }

    /// Puts the likelier ones of some tokens before one from their middle and the others behind it: its place then, and
    /// what those before it add up to.
    private mutating func part(
        _ low: Int, _ high: Int, _ weights: UnsafeBufferPointer<Float>, _ measure: (Int) -> Float
    ) -> (pivot: Int, above: Float) {
        order.withUnsafeMutableBufferPointer { order in
            order.swapAt(low + (high - low) / 2, high - 1)
            let pivot = order[high - 1]
            let weight = weights[pivot]
            var place = low
            var above: Float = 0
            // Without a branch, which would be guessed wrongly for half of the tokens.
            for index in low..<high - 1 {
                let token = order[index]
                let tied = weights[token] == weight && token < pivot ? 1 : 0
                let likelier = (weights[token] > weight ? 1 : 0) | tied
                order[index] = order[place]
                order[place] = token
                place += likelier
                above += Float(likelier) * measure(token)
            }
            order.swapAt(place, high - 1)
            return (place, above)
        }
    }
}
