import Tensors

/// Keys and values of the last positions of one attention layer, in a ring.
///
/// A query sees at most `window` positions, its own included, so the ring keeps the window and room for one block
/// of new positions; a sequence may go on for ever.
package struct KVCache: Sendable {
    package let window: Int
    /// Positions that have been appended: the position of the next one.
    package private(set) var position = 0
    let capacity: Int
    private(set) var keys: Tensor
    private(set) var values: Tensor

    /// New positions that may be appended at once.
    static let block = 64

    package init(window: Int, channels: Int) {
        precondition(window > 0, "an attention window of \(window)")
        self.window = window
        capacity = window + Self.block - 1
        keys = Tensor([capacity, channels])
        values = Tensor([capacity, channels])
    }

    /// Appends the keys and values of up to `block` positions: `rows` `[count, stride]` hold keys from column
    /// `keyOffset` on and values from `valueOffset` on.
    mutating func append(
        _ rows: UnsafePointer<Float>, count: Int, stride: Int, keyOffset: Int, valueOffset: Int
    ) {
        precondition(count <= Self.block)
        let (channels, start, capacity) = (keys.columns, position, capacity)
        keys.withMutablePointer { keys in
            values.withMutablePointer { values in
                for row in 0..<count {
                    let slot = (start + row) % capacity * channels
                    (keys + slot).update(from: rows + row * stride + keyOffset, count: channels)
                    (values + slot).update(from: rows + row * stride + valueOffset, count: channels)
                }
            }
        }
        position += count
    }

    /// Forgets everything: the next position is 0.
    package mutating func reset() { position = 0 }
}
