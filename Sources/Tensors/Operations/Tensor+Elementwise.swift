internal import CKernels

/// Elementwise operations, in place.
extension Tensor {
    /// Adds `other`, of the same shape.
    package mutating func add(_ other: Tensor) {
        precondition(other.shape == shape, "adding \(other.shape) to \(shape)")
        let count = count
        other.withPointer { source in
            withMutablePointer { target in
                for i in 0..<count { target[i] += source[i] }
            }
        }
    }

    /// Multiplies by `other`, of the same shape.
    package mutating func multiply(by other: Tensor) {
        precondition(other.shape == shape, "multiplying \(shape) by \(other.shape)")
        let count = count
        other.withPointer { source in
            withMutablePointer { target in
                for i in 0..<count { target[i] *= source[i] }
            }
        }
    }

    /// Multiplies by one number.
    package mutating func scale(by factor: Float) {
        let count = count
        withMutablePointer { target in
            for i in 0..<count { target[i] *= factor }
        }
    }

    /// Multiplies by one number and adds another.
    package mutating func scale(by factor: Float, adding offset: Float) {
        let count = count
        withMutablePointer { target in
            for i in 0..<count { target[i] = target[i] * factor + offset }
        }
    }

    /// Raises and lowers what lies outside of `range` to its ends.
    package mutating func clamp(to range: ClosedRange<Float>) {
        let count = count
        withMutablePointer { target in
            for i in 0..<count { target[i] = min(max(target[i], range.lowerBound), range.upperBound) }
        }
    }

    /// Multiplies each row by `factors`, one per column.
    package mutating func scaleColumns(by factors: Tensor) {
        precondition(factors.count == columns, "\(factors.count) factors for \(columns) columns")
        let (rows, columns) = (rows, columns)
        factors.withPointer { factor in
            withMutablePointer { target in
                for row in 0..<rows {
                    let line = target + row * columns
                    for i in 0..<columns { line[i] *= factor[i] }
                }
            }
        }
    }

    /// Adds `offsets`, one per column, to each row.
    package mutating func addToRows(_ offsets: Tensor) {
        precondition(offsets.count == columns, "\(offsets.count) offsets for \(columns) columns")
        let (rows, columns) = (rows, columns)
        offsets.withPointer { offset in
            withMutablePointer { target in
                for row in 0..<rows {
                    let line = target + row * columns
                    for i in 0..<columns { line[i] += offset[i] }
                }
            }
        }
    }

    /// eˣ.
    package mutating func exponential() {
        let count = count
        withMutablePointer { kernels.pointee.exponential($0, count) }
    }

    /// log₂(x) of normal, positive x.
    package mutating func logarithm2() {
        let count = count
        withMutablePointer { kernels.pointee.logarithm2($0, count) }
    }

    /// Replaces angles in turns by their cosines and returns their sines.
    package mutating func rotations() -> Tensor {
        let count = count
        var sines = Tensor(uninitialized: shape)
        sines.withMutablePointer { sines in
            withMutablePointer { kernels.pointee.rotation($0, sines, count) }
        }
        return sines
    }

    /// GELU's tanh approximation (`torch.nn.GELU(approximate="tanh")`).
    package mutating func geluTanh() {
        let count = count
        withMutablePointer { kernels.pointee.gelu_tanh($0, count) }
    }

    /// x · σ(x).
    package mutating func silu() {
        let count = count
        withMutablePointer { kernels.pointee.silu($0, count) }
    }

    /// σ(x) = 1 / (1 + e⁻ˣ).
    package mutating func sigmoid() {
        let count = count
        withMutablePointer { kernels.pointee.sigmoid($0, count) }
    }

    /// max(x, 0).
    package mutating func relu() {
        let count = count
        withMutablePointer { target in
            for i in 0..<count { target[i] = max(target[i], 0) }
        }
    }

    /// Multiplies the first columns by silu of as many from `start` on, row by row: the middle of a SwiGLU.
    package mutating func multiplySilu(columns: Int, ofColumnsFrom start: Int, on pool: WorkerPool) {
        let (rows, stride) = (rows, self.columns)
        precondition(
            columns <= start && start + columns <= stride, "\(columns) columns at \(start) of \(shape)")
        // Some microseconds' work.
        let piece = max((1 << 13) / max(columns, 1), 1)
        withMutablePointer { target in
            pool.run((rows + piece - 1) / piece) { index in
                for row in index * piece..<min((index + 1) * piece, rows) {
                    let line = target + row * stride
                    kernels.pointee.multiply_silu(line, line + start, columns)
                }
            }
        }
    }
}
