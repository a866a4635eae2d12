import Tensors

/// Rotary position embedding: dimension i of a head is paired with dimension i + d / 2 and turned by
/// position · base^(−2 i / d).
package struct RotaryEmbedding: Sendable {
    private let frequencies: [Double]

    /// - Parameter headDimension: d, even.
    package init(headDimension: Int, base: Double = 10_000) {
        precondition(headDimension > 0 && headDimension % 2 == 0, "rotary heads need an even dimension")
        frequencies = (0..<headDimension / 2).map { power(base, -2 * Double($0) / Double(headDimension)) }
    }

    /// The turns of some positions, computed once for all layers.
    package func table(_ positions: Range<Int>) -> RotaryTable {
        var table = RotaryTable(
            positions: 0..<0, cosines: Tensor([0, frequencies.count]), sines: Tensor([0, frequencies.count]))
        move(&table, to: positions)
        return table
    }

    /// Makes one of its tables that of other positions, in the same memory where they are as many.
    package func move(_ table: inout RotaryTable, to positions: Range<Int>) {
        guard positions != table.positions else { return }
        table.positions = positions
        table.cosines.setRows(positions.count)
        table.sines.setRows(positions.count)
        table.cosines.withMutablePointer { cosines in
            table.sines.withMutablePointer { sines in
                var index = 0
                for position in positions {
                    for frequency in frequencies {
                        let angle = Double(position) * frequency
                        cosines[index] = Float(cosine(angle))
                        sines[index] = Float(sine(angle))
                        index += 1
                    }
                }
            }
        }
    }
}

/// The turns of consecutive positions: cosines and sines `[positions, d / 2]`.
package struct RotaryTable: Sendable {
    package fileprivate(set) var positions: Range<Int>
    fileprivate(set) var cosines: Tensor
    fileprivate(set) var sines: Tensor

    /// Reads both in place.
    func withTurns(_ body: (UnsafePointer<Float>, UnsafePointer<Float>) -> Void) {
        cosines.withPointer { cosines in sines.withPointer { body(cosines, $0) } }
    }
}
