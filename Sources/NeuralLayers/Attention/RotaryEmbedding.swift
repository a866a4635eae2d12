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

    /// The turns of some positions: cosines and sines `[positions, d / 2]`, computed once for all layers.
    package func table(_ positions: Range<Int>) -> RotaryTable {
        var cosines = Tensor(uninitialized: [positions.count, frequencies.count])
        var sines = cosines
        let frequencies = frequencies
        cosines.withMutablePointer { cosines in
            sines.withMutablePointer { sines in
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
        return RotaryTable(positions: positions, cosines: cosines, sines: sines)
    }
}

/// The turns of consecutive positions.
package struct RotaryTable: Sendable {
    package let positions: Range<Int>
    let cosines: Tensor
    let sines: Tensor
}
