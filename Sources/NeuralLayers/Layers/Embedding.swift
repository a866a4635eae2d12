package import Tensors

/// One vector for each token. Key: `weight` [count, dimension] as F32, BF16 or I8.
package struct Embedding: Sendable {
    private let table: RowTable

    package var count: Int { table.rows }
    package var dimension: Int { table.columns }

    package init(_ count: Int, _ dimension: Int, from weights: WeightScope) throws {
        table = try weights.table("weight", count, dimension)
    }

    /// The vectors of `tokens`, each in `0..<count`: `[tokens, dimension]`.
    package func callAsFunction(_ tokens: some Collection<Int>) -> Tensor {
        var result = Tensor(uninitialized: [tokens.count, dimension])
        for (row, token) in tokens.enumerated() { copy(token, toRow: row, of: &result) }
        return result
    }

    /// Writes the vector of `token` into a row of `x` `[rows, columns]`, from `column` on.
    package func copy(_ token: Int, toRow row: Int, column: Int = 0, of x: inout Tensor) {
        let place = place(row, column, of: x)
        x.withMutablePointer { table.copy(token, into: $0 + place) }
    }

    /// Adds the vector of `token` to a row of `x` `[rows, dimension]`: for sums of several embeddings.
    package func add(_ token: Int, toRow row: Int, of x: inout Tensor) {
        let place = place(row, 0, of: x)
        x.withMutablePointer { table.add(token, to: $0 + place) }
    }

    private func place(_ row: Int, _ column: Int, of x: Tensor) -> Int {
        precondition(
            row >= 0 && row < x.rows && column >= 0 && column + dimension <= x.columns,
            "an embedding of \(dimension) at \(row), \(column) of \(x.shape)")
        return row * x.columns + column
    }
}
