internal import CKernels

extension Tensor {
    /// Turns the heads that lie from column `start` on in each row by `cosines` and `sines`
    /// `[positions, headDimension / 2]`; the rows are one or more sequences of as many positions.
    package mutating func rotate(
        heads: Int, headDimension: Int, from start: Int = 0, cosines: Tensor, sines: Tensor
    ) {
        let (rows, columns, positions) = (rows, columns, cosines.rows)
        precondition(cosines.columns == headDimension / 2 && sines.shape == cosines.shape)
        precondition(start + heads * headDimension <= columns && rows % max(positions, 1) == 0)
        guard positions > 0 else { return }
        cosines.withPointer { cosines in
            sines.withPointer { sines in
                withMutablePointer { target in
                    for first in stride(from: 0, to: rows, by: positions) {
                        kernels.pointee.rope(
                            target + first * columns + start, positions, columns, heads, headDimension,
                            cosines, sines)
                    }
                }
            }
        }
    }
}
