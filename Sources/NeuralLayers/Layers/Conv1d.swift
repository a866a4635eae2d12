package import Tensors

/// A convolution over frames, computed as a product with overlapping windows: `[frames, inputs]` →
/// `[(frames + padding − taps) / stride + 1, outputs]`. Keys: `weight` [outputs, inputs, taps], `bias` [outputs].
package struct Conv1d: Sendable {
    package let taps: Int
    package let stride: Int
    private let matrix: PackedMatrix
    private let inputs: Int

    package init(
        _ inputs: Int, _ outputs: Int, taps: Int, stride: Int = 1, bias: Bool, from weights: WeightScope
    ) throws {
        let weight = try weights.tensor("weight", [outputs, inputs, taps])
        var byTap = Tensor(uninitialized: [outputs, taps * inputs])
        for output in 0..<outputs {
            for input in 0..<inputs {
                for tap in 0..<taps {
                    byTap[output, tap * inputs + input] = weight[(output * inputs + input) * taps + tap]
                }
            }
        }
        matrix = PackedMatrix(byTap, bias: bias ? try weights.tensor("bias", [outputs]) : nil)
        self.inputs = inputs
        self.taps = taps
        self.stride = stride
    }

    /// The output for `x` with `left` frames of zeros before it and `right` after it.
    package func callAsFunction(_ x: Tensor, left: Int = 0, right: Int = 0, on pool: WorkerPool) -> Tensor {
        precondition(x.columns == inputs, "input \(x.shape) for a convolution of \(inputs) channels")
        let padded =
            left + right == 0
            ? x : Tensor.concatenateRows([Tensor([left, inputs]), x, Tensor([right, inputs])])
        let rows = max((padded.rows - taps) / stride + 1, 0)
        return matrix.apply(padded, rows: padded.rows < taps ? 0 : rows, stride: stride * inputs, on: pool)
    }
}
