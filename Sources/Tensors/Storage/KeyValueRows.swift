internal import CKernels

/// Keys and values of attention as bytes of a scale each, about a quarter of their memory as floats; of one sequence or of
/// several, with value semantics. Only the kernels write and read them.
package struct KeyValueRows: Sendable {
    package let shape: Shape
    package private(set) var sequences: Int
    private var storage: TensorStorage<UInt8>

    package struct Shape: Sendable {
        package let heads: Int
        package let headDimension: Int
        /// Positions that are held at a time, a multiple of `block`; position p in place p mod `capacity`.
        package let capacity: Int

        /// Positions whose numbers lie together.
        package static let block = Int(AUDIOLM_LANES)

        /// - Parameter positions: that are held at least.
        package init(heads: Int, headDimension: Int, positions: Int) {
            self.heads = heads
            self.headDimension = headDimension
            capacity = Self.whole(positions)
        }

        /// Bytes of a key or a value.
        var width: Int { Self.whole(headDimension) }

        /// As many as whole blocks hold.
        private static func whole(_ count: Int) -> Int { (count + block - 1) / block * block }

        /// Of a sequence.
        fileprivate var places: Int { heads * capacity }
    }

    /// Rows of zeros.
    package init(sequences: Int, _ shape: Shape) {
        self.shape = shape
        self.sequences = sequences
        storage = TensorStorage(count: KeyValueMemory.byteCount(sequences: sequences, shape))
        storage.pointer.initialize(repeating: 0, count: storage.count)
    }

    /// These sequences as often as `times`, one after the other.
    package func repeated(_ times: Int) -> KeyValueRows {
        let result = KeyValueRows(sequences: sequences * times, shape)
        let (source, target) = (memory, result.memory)
        for index in 0..<times {
            for (from, to) in zip(source.parts, target.parts) {
                (to.pointer + index * from.byteCount).copyMemory(
                    from: from.pointer, byteCount: from.byteCount)
            }
        }
        return result
    }

    /// Lets `body` change the rows, which are copied first if another value shares them.
    package mutating func withMemory<R>(_ body: (KeyValueMemory) -> R) -> R {
        if !isKnownUniquelyReferenced(&storage) { storage = TensorStorage(copying: storage) }
        defer { withExtendedLifetime(storage) {} }
        return body(memory)
    }

    private var memory: KeyValueMemory {
        KeyValueMemory(sequences: sequences, shape: shape, pointer: UnsafeMutableRawPointer(storage.pointer))
    }
}

/// The memory of rows, while somebody holds them.
package struct KeyValueMemory {
    let sequences: Int
    package let shape: KeyValueRows.Shape
    let pointer: UnsafeMutableRawPointer

    static func byteCount(sequences: Int, _ shape: KeyValueRows.Shape) -> Int {
        sequences * shape.places * (2 * shape.width + 3 * MemoryLayout<Float>.size)
    }

    /// Keys, values, keys' scales and sums, values' scales, of all sequences.
    fileprivate var parts: [(pointer: UnsafeMutableRawPointer, byteCount: Int)] {
        let places = sequences * shape.places
        var offset = 0
        return [places * shape.width, places * shape.width, 4 * places, 4 * places, 4 * places].map { count in
            defer { offset += count }
            return (pointer + offset, count)
        }
    }

    /// The rows from a sequence on.
    func past(from sequence: Int) -> audiolm_past {
        let (places, width) = (sequences * shape.places, shape.width)
        let first = sequence * shape.places
        let scales = pointer + 2 * places * width
        return audiolm_past(
            keys: (pointer + first * width).assumingMemoryBound(to: Int8.self),
            values: (pointer + (places + first) * width).assumingMemoryBound(to: Int8.self),
            key_scale: scales.assumingMemoryBound(to: Float.self) + first,
            key_sums: (scales + 4 * places).assumingMemoryBound(to: Int32.self) + first,
            value_scale: (scales + 8 * places).assumingMemoryBound(to: Float.self) + first,
            capacity: shape.capacity, width: width)
    }

    /// Sets a sequence's place to one of another sequence's rows of as many and as wide heads.
    package func copy(
        place source: Int, of other: Int, in rows: KeyValueMemory, to target: Int, of sequence: Int
    ) {
        let (from, to) = (rows.past(from: other), past(from: sequence))
        for head in 0..<shape.heads {
            let (old, new) = (head * rows.shape.capacity + source, head * shape.capacity + target)
            copyNumbers(from.keys, old, to.keys, new, together: 4, apart: 4 * KeyValueRows.Shape.block)
            copyNumbers(from.values, old, to.values, new, together: 1, apart: 4)
            to.key_scale[new] = from.key_scale[old]
            to.key_sums[new] = from.key_sums[old]
            to.value_scale[new] = from.value_scale[old]
        }
    }

    /// Copies a place's numbers, of which so many lie `together` and then the next ones `apart` from them; places lie
    /// `together` numbers from one another in their group.
    private func copyNumbers(
        _ source: UnsafeMutablePointer<Int8>, _ from: Int, _ target: UnsafeMutablePointer<Int8>, _ to: Int,
        together: Int, apart: Int
    ) {
        let group = apart / together
        let old = source + from / group * group * shape.width + from % group * together
        let new = target + to / group * group * shape.width + to % group * together
        for index in 0..<shape.width / together {
            (new + index * apart).update(from: old + index * apart, count: together)
        }
    }
}
