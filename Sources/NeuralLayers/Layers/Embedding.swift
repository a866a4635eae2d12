package import Tensors

/// One vector for each token. Key: `weight` [count, dimension] as F32, BF16 or I8.
package struct Embedding: Sendable {
    package let matrix: PackedMatrix

    package var count: Int { matrix.outputs }
    package var dimension: Int { matrix.inputs }

    package init(_ count: Int, _ dimension: Int, from weights: WeightScope) throws {
        matrix = try weights.matrix("weight", count, dimension)
    }

    /// The vectors of `tokens`, each in `0..<count`: `[tokens, dimension]`.
    package func callAsFunction(_ tokens: some Collection<Int>) -> Tensor {
        var result = Tensor(uninitialized: [tokens.count, dimension])
        result.withMutablePointer { target in
            for (row, token) in tokens.enumerated() { matrix.copyRow(token, into: target + row * dimension) }
        }
        return result
    }

    /// Adds the vector of `tokens[i]` to row i of `x` `[tokens, dimension]`: for sums of several embeddings.
    package func add(_ tokens: some Collection<Int>, to x: inout Tensor) {
        precondition(x.shape == [tokens.count, dimension], "adding \(tokens.count) embeddings to \(x.shape)")
        x.add(self(tokens))
    }
}
