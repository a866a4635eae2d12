internal import CKernels

/// A matrix of weights `[outputs, inputs]` in seven bits that tells, at a fraction of the work, how large products can be at
/// most: little more than they are.
package struct BoundingMatrix: Sendable {
    private let matrix: PackedMatrix
    /// For each output, padded, the length of its weights and of what rounding took from them.
    private let lengths: Tensor
    private let lost: Tensor

    /// - Parameters:
    ///   - weights: 32-bit floats `[outputs, inputs]`.
    ///   - bias: `[outputs]`, added to products.
    package init(_ weights: Tensor, bias: Tensor) {
        let (outputs, inputs) = (weights.rows, weights.columns)
        let padded = (outputs + 63) / 64 * 64
        var (lengths, lost) = ([Float](repeating: 0, count: padded), [Float](repeating: 0, count: padded))
        var scale: [Float] = []
        var bytes: [Int8] = []
        bytes.reserveCapacity(outputs * inputs)
        for output in 0..<outputs {
            let row = weights.rows(output..<output + 1).elements
            let step = max(row.reduce(0) { max($0, abs($1)) } / 63, .leastNormalMagnitude)
            let whole = row.map { ($0 / step).rounded() }
            scale.append(step)
            bytes += whole.map { Int8($0) }
            lengths[output] = Self.length(row)
            // Sums of floats are not exact either.
            lost[output] = Self.length(zip(row, whole).map { $0 - step * $1 }) + 1e-5 * lengths[output]
        }
        (self.lengths, self.lost) = (Tensor([padded], lengths), Tensor([padded], lost))
        matrix = bytes.withUnsafeBytes {
            PackedMatrix(
                outputs: outputs, inputs: inputs, format: .int8, weights: $0, scale: Tensor([outputs], scale),
                bias: bias)
        }
    }

    /// Upper bounds of products.
    package struct Bounds {
        /// `[rows, outputs]`.
        package fileprivate(set) var values: Tensor
        /// The greatest of every four, `[rows, 16 · ⌈outputs / 64⌉]`: of outputs n, n + 16, n + 32 and n + 48 of each 64.
        package fileprivate(set) var maxima: Tensor
    }

    /// Upper bounds of x · Wᵀ + bias for x `[rows, inputs]`.
    package func bounds(_ x: Tensor, on pool: WorkerPool) -> Bounds {
        precondition(x.columns == matrix.inputs, "input \(x.shape) for a matrix of \(matrix.inputs) inputs")
        var y = Bounds(
            values: Tensor(uninitialized: [x.rows, matrix.outputs]),
            maxima: Tensor(uninitialized: [x.rows, matrix.panelCount * Int(AUDIOLM_LANES)]))
        let scaleCount = (x.rows + 15) / 16 * 16
        pool.scratch.with(byteCount: 12 * scaleCount + x.rows * matrix.paddedInputs) { memory in
            let scale = memory.assumingMemoryBound(to: Float.self)
            let rounded = (memory + 12 * scaleCount).assumingMemoryBound(to: UInt8.self)
            x.withPointer { source in
                var task = audiolm_seven_bits(
                    x: source, x_stride: matrix.inputs, count: matrix.inputs, inner: matrix.paddedInputs,
                    rounded: rounded, scale: scale, kept: scale + scaleCount, lost: scale + 2 * scaleCount)
                kernels.pointee.seven_bits(&task, 0, x.rows)
            }
            multiply(
                rounded, scale: scale, kept: scale + scaleCount, lost: scale + 2 * scaleCount, into: &y)
        }
        return y
    }

    private func multiply(
        _ rounded: UnsafePointer<UInt8>, scale xScale: UnsafePointer<Float>, kept xKept: UnsafePointer<Float>,
        lost xLost: UnsafePointer<Float>, into y: inout Bounds
    ) {
        let (storage, rows) = (matrix.storage, y.values.rows)
        guard let sums = storage.sums, let scale = storage.scale, let bias = storage.bias else { return }
        y.values.withMutablePointer { values in
            y.maxima.withMutablePointer { maxima in
                lengths.withPointer { lengths in
                    lost.withPointer { lost in
                        var task = audiolm_bounds_i7(
                            x: rounded, x_scale: xScale, x_kept: xKept, x_lost: xLost,
                            panels: UnsafePointer(storage.pointer.assumingMemoryBound(to: Int8.self)),
                            sums: sums, scale: scale, bias: bias, length: lengths, lost: lost, y: values,
                            y_stride: matrix.outputs, maxima: maxima, inner: matrix.paddedInputs,
                            outputs: matrix.outputs)
                        kernels.pointee.bounds_i7(
                            &task,
                            audiolm_tile(
                                row_begin: 0, row_end: rows, panel_begin: 0, panel_end: matrix.panelCount))
                    }
                }
            }
        }
        withExtendedLifetime(storage) {}
    }

    private static func length(_ row: [Float]) -> Float { row.reduce(0) { $0 + $1 * $1 }.squareRoot() }
}
