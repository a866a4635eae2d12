package import Tensors

/// (x − mean) / √(variance + ε) · weight + bias over the channels. Keys: `weight`, `bias` [channels].
package struct LayerNorm: Sendable {
    private let weight: Tensor
    private let bias: Tensor
    private let epsilon: Float

    package init(_ channels: Int, epsilon: Float = 1e-5, from weights: WeightScope) throws {
        weight = try weights.tensor("weight", [channels])
        bias = try weights.tensor("bias", [channels])
        self.epsilon = epsilon
    }

    package func callAsFunction(_ x: Tensor) -> Tensor {
        var y = x
        y.layerNorm(weight: weight, bias: bias, epsilon: epsilon)
        return y
    }
}

/// x / √(mean(x²) + ε) · weight over the channels. Key: `weight` [channels].
package struct RMSNorm: Sendable {
    private let weight: Tensor
    private let epsilon: Float

    package init(_ channels: Int, epsilon: Float = 1e-6, from weights: WeightScope) throws {
        weight = try weights.tensor("weight", [channels])
        self.epsilon = epsilon
    }

    package func callAsFunction(_ x: Tensor) -> Tensor {
        var y = x
        self(&y)
        return y
    }

    /// The same in place.
    package func callAsFunction(_ x: inout Tensor) {
        x.rmsNorm(weight: weight, epsilon: epsilon)
    }

    /// The same into `y`, of the shape of `x`.
    package func callAsFunction(_ x: Tensor, into y: inout Tensor) {
        x.rmsNorm(weight: weight, epsilon: epsilon, into: &y)
    }
}
