internal import CKernels

/// The weights of a depthwise convolution, tap by tap.
package struct DepthwiseFilter: Sendable {
    private let weight: Tensor
    private let bias: Tensor?
    private let dilation: Int

    /// Frames that one piece of parallel work computes.
    private static let tile = 16

    /// - Parameter weight: `[taps, channels]`.
    package init(weight: Tensor, bias: Tensor?, dilation: Int) {
        precondition(bias == nil || bias?.count == weight.columns)
        self.weight = weight
        self.bias = bias
        self.dilation = dilation
    }

    /// y[t] = bias + Σⱼ weight[j] · x[t + j · dilation]: `[frames + (taps − 1) · dilation, channels]` →
    /// `[frames, channels]`.
    package func apply(_ x: Tensor, on pool: WorkerPool) -> Tensor {
        let (taps, channels) = (weight.rows, weight.columns)
        let frames = x.rows - (taps - 1) * dilation
        precondition(
            frames >= 0 && x.columns == channels, "input \(x.shape) for \(taps) taps, \(channels) channels")
        var y = Tensor(uninitialized: [frames, channels])
        weight.withPointer { weight in
            x.withPointer { x in
                y.withMutablePointer { y in
                    let zeros: UnsafePointer<Float>? = nil
                    let run = { (bias: UnsafePointer<Float>?) in
                        var task = audiolm_depthwise(
                            x: x, weight: weight, bias: bias, y: y, frames: frames, channels: channels,
                            taps: taps,
                            dilation: dilation)
                        withUnsafePointer(to: &task) { task in
                            pool.run((frames + Self.tile - 1) / Self.tile) { index in
                                kernels.pointee.depthwise(
                                    task, index * Self.tile, min((index + 1) * Self.tile, frames))
                            }
                        }
                    }
                    if let bias { bias.withPointer { run($0) } } else { run(zeros) }
                }
            }
        }
        return y
    }
}
