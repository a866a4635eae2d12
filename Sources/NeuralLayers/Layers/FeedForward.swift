package import Tensors

/// The position-wise network of a transformer block: `[rows, width]` → `[rows, width]`.
package struct FeedForward: Sendable {
    /// What stands between the two matrices.
    package enum Activation: Sendable {
        /// down(SiLU(gate(x)) · up(x)). Keys: `gate`, `up`, `down`.
        case swiglu
        /// down(SiLU(up(x))), as in a Conformer. Keys: `up`, `down`.
        case silu
    }

    /// The hidden layer, and its gate beside it: memory that is kept from step to step.
    package struct Buffers: Sendable {
        fileprivate var hidden: Tensor
    }

    private let activation: Activation
    /// `up`, and `gate` beside it.
    private let up: Linear
    private let down: Linear

    package init(
        _ width: Int, hidden: Int, activation: Activation, bias: Bool, from weights: WeightScope
    ) throws {
        self.activation = activation
        up =
            activation == .swiglu
            ? try Linear(width, hidden, sideBySide: ["up", "gate"], bias: bias, from: weights)
            : try Linear(width, hidden, bias: bias, from: weights["up"])
        down = try Linear(hidden, width, bias: bias, from: weights["down"])
    }

    package func makeBuffers() -> Buffers { Buffers(hidden: Tensor([0, up.outputs])) }

    package func callAsFunction(_ x: Tensor, on pool: WorkerPool) -> Tensor {
        var y = Tensor(uninitialized: [x.rows, down.outputs])
        var buffers = makeBuffers()
        self(x, into: &y, &buffers, on: pool)
        return y
    }

    /// The same into `y` `[rows, width]`.
    package func callAsFunction(
        _ x: Tensor, into y: inout Tensor, _ buffers: inout Buffers, on pool: WorkerPool
    ) {
        buffers.hidden.setRows(x.rows)
        up(x, into: &buffers.hidden, on: pool)
        switch activation {
        case .silu: buffers.hidden.silu()
        case .swiglu:
            buffers.hidden.multiplySilu(columns: down.inputs, ofColumnsFrom: up.outputs / 2, on: pool)
        }
        down(columnsOf: buffers.hidden, into: &y, on: pool)
    }
}
