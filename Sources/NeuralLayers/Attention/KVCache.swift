import Tensors

/// Keys and values of the last positions of one attention layer in half precision, in a ring; of one sequence, or of
/// several that go on in step.
///
/// A query sees at most `window` positions, its own included, so the ring keeps the window and room for one block
/// of new positions; a sequence may go on for ever.
package struct KVCache: Sendable {
    package let window: Int
    package let heads: Int
    /// Sequences that have the same number of positions.
    package private(set) var sequences = 1
    /// Positions that have been appended: the position of the next one.
    package private(set) var position = 0
    let capacity: Int
    private let headDimension: Int
    /// `[sequences, heads, capacity, channels / heads]`: a head's past is read from front to back.
    private(set) var keys: HalfTensor
    private(set) var values: HalfTensor

    /// New positions that may be appended at once.
    static let block = 64

    package init(window: Int, channels: Int, heads: Int) {
        precondition(window > 0, "an attention window of \(window)")
        precondition(heads > 0 && channels % heads == 0, "\(heads) heads do not divide \(channels) channels")
        self.window = window
        self.heads = heads
        capacity = window + Self.block - 1
        headDimension = channels / heads
        keys = HalfTensor(count: capacity * channels)
        values = keys
    }

    /// The past of this one sequence as that of `count` sequences.
    package func repeated(_ count: Int) -> KVCache {
        precondition(sequences == 1, "\(sequences) sequences cannot be repeated")
        var cache = self
        cache.sequences = count
        cache.keys = keys.repeated(count)
        cache.values = values.repeated(count)
        return cache
    }

    /// Appends the keys and values of up to `block` positions of each sequence.
    /// - Parameters:
    ///   - rows: for each position `stride` numbers, keys from `keyOffset` on and values from `valueOffset` on.
    ///   - sequenceStride: numbers from a sequence's first position to the next one's.
    mutating func append(
        _ rows: UnsafePointer<Float>, count: Int, stride: Int, sequenceStride: Int, keyOffset: Int,
        valueOffset: Int
    ) {
        precondition(count <= Self.block)
        let (dimension, heads, start, capacity) = (headDimension, heads, position, capacity)
        let rings = sequences * heads
        keys.withMutablePointer { keys in
            values.withMutablePointer { values in
                for ring in 0..<rings {
                    let (sequence, head) = ring.quotientAndRemainder(dividingBy: heads)
                    for row in 0..<count {
                        let slot = (ring * capacity + (start + row) % capacity) * dimension
                        let source = rows + sequence * sequenceStride + row * stride + head * dimension
                        HalfTensor.round(source + keyOffset, count: dimension, into: keys + slot)
                        HalfTensor.round(source + valueOffset, count: dimension, into: values + slot)
                    }
                }
            }
        }
        position += count
    }
}
