import Tensors

/// Keys and values in half precision, those of position p in row p mod `capacity`.
struct KeyValueRows: Sendable {
    let shape: Shape
    private(set) var sequences: Int
    /// `[sequences, heads, capacity, headDimension]`: a head's past is read from front to back.
    private(set) var keys: HalfTensor
    private(set) var values: HalfTensor

    struct Shape: Sendable {
        let heads: Int
        let headDimension: Int
        /// Positions that are held at a time.
        let capacity: Int

        var numbersPerSequence: Int { heads * capacity * headDimension }

        /// Where the row of a position begins.
        func place(sequence: Int, head: Int, position: Int) -> Int {
            ((sequence * heads + head) * capacity + position % capacity) * headDimension
        }
    }

    init(sequences: Int, _ shape: Shape) {
        self.shape = shape
        self.sequences = sequences
        keys = HalfTensor(count: sequences * shape.numbersPerSequence)
        values = keys
    }

    /// These sequences as often as `times`, one after the other.
    func repeated(_ times: Int) -> KeyValueRows {
        var result = self
        result.sequences *= times
        result.keys = keys.repeated(times)
        result.values = values.repeated(times)
        return result
    }

    /// Sets the rows of each sequence's next `count` positions.
    /// - Parameters:
    ///   - source: for each position `stride` numbers, keys from `keyOffset` on and values from `valueOffset` on.
    ///   - sequenceStride: numbers from a sequence's first position to the next one's.
    mutating func set(
        _ source: UnsafePointer<Float>, from position: Int, count: Int, stride: Int, sequenceStride: Int,
        keyOffset: Int, valueOffset: Int
    ) {
        let (shape, sequences) = (shape, sequences)
        keys.withMutablePointer { keys in
            values.withMutablePointer { values in
                for sequence in 0..<sequences {
                    for head in 0..<shape.heads {
                        for row in 0..<count {
                            let place = shape.place(sequence: sequence, head: head, position: position + row)
                            let row =
                                source + sequence * sequenceStride + row * stride + head * shape.headDimension
                            HalfTensor.round(row + keyOffset, count: shape.headDimension, into: keys + place)
                            HalfTensor.round(
                                row + valueOffset, count: shape.headDimension, into: values + place)
                        }
                    }
                }
            }
        }
    }

    /// Sets a sequence's rows from `position` on to the first `count` of a sequence of others.
    mutating func copy(
        _ others: KeyValueRows, sequence source: Int, count: Int, to sequence: Int, from position: Int
    ) {
        let shape = shape
        func copy(_ rows: HalfTensor, into tensor: inout HalfTensor) {
            rows.withPointer { rows in
                tensor.withMutablePointer { tensor in
                    for head in 0..<shape.heads {
                        for row in 0..<count {
                            let place = shape.place(sequence: sequence, head: head, position: position + row)
                            let other = others.shape.place(sequence: source, head: head, position: row)
                            (tensor + place).update(from: rows + other, count: shape.headDimension)
                        }
                    }
                }
            }
        }
        copy(others.keys, into: &keys)
        copy(others.values, into: &values)
    }
}
