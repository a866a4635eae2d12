package import Tensors

/// The position-wise network of a transformer block: `[rows, width]` → `[rows, width]`.
package struct FeedForward: Sendable {
    /// What stands between the two matrices.
    package enum Activation: Sendable {
        /// down(GELU(up(x))), with the exact GELU. Keys: `up`, `down`.
        case gelu
        /// down(SiLU(gate(x)) · up(x)). Keys: `gate`, `up`, `down`.
        case swiglu
        /// down(SiLU(up(x))), as in a Conformer. Keys: `up`, `down`.
        case silu
    }

    private let activation: Activation
    private let gate: Linear?
    private let up: Linear
    private let down: Linear

    package init(
        _ width: Int, hidden: Int, activation: Activation, bias: Bool, from weights: WeightScope
    ) throws {
        self.activation = activation
        gate = activation == .swiglu ? try Linear(width, hidden, bias: bias, from: weights["gate"]) : nil
        up = try Linear(width, hidden, bias: bias, from: weights["up"])
        down = try Linear(hidden, width, bias: bias, from: weights["down"])
    }

    package func callAsFunction(_ x: Tensor, on pool: WorkerPool) -> Tensor {
        var hidden = up(x, on: pool)
        switch activation {
        case .gelu: hidden.gelu()
        case .silu: hidden.silu()
        case .swiglu: if let gate { hidden.multiplySilu(of: gate(x, on: pool)) }
        }
        return down(hidden, on: pool)
    }
}
