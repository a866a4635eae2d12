package import Tensors

/// y = x · Wᵀ + b. Keys: `weight` [outputs, inputs] as F32, BF16 or I8, `bias` [outputs].
package struct Linear: Sendable {
    package let matrix: PackedMatrix

    package var inputs: Int { matrix.inputs }
    package var outputs: Int { matrix.outputs }

    package init(_ inputs: Int, _ outputs: Int, bias: Bool, from weights: WeightScope) throws {
        let bias = bias ? try weights.tensor("bias", [outputs]) : nil
        matrix = try weights.matrix("weight", outputs, inputs, bias: bias)
    }

    /// `[rows, inputs]` → `[rows, outputs]`.
    package func callAsFunction(_ x: Tensor, on pool: WorkerPool) -> Tensor { matrix.apply(x, on: pool) }

    /// The same into `y` `[rows, outputs]`.
    package func callAsFunction(_ x: Tensor, into y: inout Tensor, on pool: WorkerPool) {
        matrix.apply(x, into: &y, on: pool)
    }

    /// The same of the first `inputs` columns of `x`.
    package func callAsFunction(columnsOf x: Tensor, into y: inout Tensor, on pool: WorkerPool) {
        matrix.apply(columnsOf: x, into: &y, on: pool)
    }

    /// Layers of the same inputs and type, whose keys begin with `names`, as one: what they make lies side by side, each padded
    /// to whole panels.
    package init(
        _ inputs: Int, _ outputs: Int, sideBySide names: [String], bias: Bool, from weights: WeightScope
    ) throws {
        let matrices = try names.map { try Linear(inputs, outputs, bias: bias, from: weights[$0]).matrix }
        for (name, matrix) in zip(names, matrices) where matrix.format != matrices[0].format {
            throw ModelError.type(
                path: weights[name].path("weight"),
                expected: "\(matrices[0].format) as \(names[0]) beside it",
                found: "\(matrix.format)")
        }
        self.matrix = PackedMatrix(stacking: matrices)
    }
}
