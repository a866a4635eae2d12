package import Tensors

/// A convolution over frames, channel by channel: `[frames, channels]` → as many frames.
/// Keys: `weight` [channels, taps] or [channels, 1, taps], `bias` [channels].
package struct DepthwiseConv1d: Sendable {
    package let channels: Int
    package let taps: Int
    package let dilation: Int
    private let filter: DepthwiseFilter

    /// The last frames that a causal convolution has seen, oldest first; zeros before the first.
    package struct State: Sendable {
        fileprivate var history: Tensor
    }

    package init(
        _ channels: Int, taps: Int, dilation: Int = 1, bias: Bool, from weights: WeightScope
    ) throws {
        let rank3 = weights.file.entries[weights.path("weight")]?.shape.count == 3
        let weight = try weights.tensor("weight", rank3 ? [channels, 1, taps] : [channels, taps])
        self.channels = channels
        self.taps = taps
        self.dilation = dilation
        filter = DepthwiseFilter(
            weight: weight.reshaped([channels, taps]).transposed,
            bias: bias ? try weights.tensor("bias", [channels]) : nil, dilation: dilation)
    }

    /// Frames of history that a causal output depends on, beside its own.
    package var reach: Int { (taps - 1) * dilation }

    package func makeState() -> State { State(history: Tensor([reach, channels])) }

    /// Causal: output t sees frames t − reach ... t, and `state` carries the past over to the next call. Pieces
    /// of any length give the same output as the whole.
    package func callAsFunction(_ x: Tensor, _ state: inout State, on pool: WorkerPool) -> Tensor {
        let padded = Tensor.concatenateRows([state.history, x])
        state.history = padded.rows((padded.rows - reach)..<padded.rows)
        return filter.apply(padded, on: pool)
    }

    /// Causal over a whole sequence: zeros before the first frame.
    package func causal(_ x: Tensor, on pool: WorkerPool) -> Tensor {
        filter.apply(Tensor.concatenateRows([Tensor([reach, channels]), x]), on: pool)
    }

    /// Symmetric over a whole sequence: output t sees reach / 2 frames on either side, zeros beyond the ends.
    package func symmetric(_ x: Tensor, on pool: WorkerPool) -> Tensor {
        let left = reach / 2
        return filter.apply(
            Tensor.concatenateRows([Tensor([left, channels]), x, Tensor([reach - left, channels])]), on: pool)
    }
}
