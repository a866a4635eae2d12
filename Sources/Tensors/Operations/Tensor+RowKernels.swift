internal import CKernels

/// Operations over each row, in place.
extension Tensor {
    /// (x − mean) / √(variance + ε) · weight + bias over the last axis.
    package mutating func layerNorm(weight: Tensor, bias: Tensor, epsilon: Float) {
        precondition(weight.count == columns && bias.count == columns)
        let (columns, lines) = (columns, lineCount)
        weight.withPointer { weight in
            bias.withPointer { bias in
                withMutablePointer { kernels.pointee.layer_norm($0, lines, columns, weight, bias, epsilon) }
            }
        }
    }

    /// x / √(mean(x²) + ε) · weight over the last axis.
    package mutating func rmsNorm(weight: Tensor, epsilon: Float) {
        precondition(weight.count == columns)
        let (columns, lines) = (columns, lineCount)
        weight.withPointer { weight in
            withMutablePointer { kernels.pointee.rms_norm($0, lines, columns, weight, epsilon, $0) }
        }
    }

    /// The same into `y`, of the same shape.
    package func rmsNorm(weight: Tensor, epsilon: Float, into y: inout Tensor) {
        precondition(weight.count == columns && y.shape == shape)
        weight.withPointer { weight in
            withPointer { x in
                y.withMutablePointer { kernels.pointee.rms_norm(x, lineCount, columns, weight, epsilon, $0) }
            }
        }
    }

    /// The index of the largest element of each row, the first of equals.
    package func argmaxOfRows() -> [Int] {
        precondition(columns > 0, "no columns to choose from")
        let columns = columns
        return withPointer { source in
            (0..<lineCount).map { Int(kernels.pointee.argmax(source + $0 * columns, columns)) }
        }
    }

    /// The number of lines along the last axis.
    private var lineCount: Int { columns == 0 ? 0 : count / columns }
}
