internal import CKernels

/// Half-precision floats (IEEE binary16: 11 bits of precision, magnitudes up to 65504), half the memory of a `Tensor`;
/// with value semantics, and read by the kernels alone.
package struct HalfTensor: Sendable {
    package let count: Int
    private var storage: TensorStorage<UInt16>

    /// Zeros.
    package init(count: Int) {
        self.count = count
        storage = TensorStorage(count: count)
        storage.pointer.initialize(repeating: 0, count: count)
    }

    /// These numbers as often as `times`, one after the other.
    package func repeated(_ times: Int) -> HalfTensor {
        let result = HalfTensor(count: count * times)
        for index in 0..<times {
            (result.storage.pointer + index * count).update(from: storage.pointer, count: count)
        }
        return result
    }

    /// Reads the bits in place; the pointer is valid only inside `body`.
    package func withPointer<R>(_ body: (UnsafePointer<UInt16>) -> R) -> R {
        defer { withExtendedLifetime(storage) {} }
        return body(UnsafePointer(storage.pointer))
    }

    /// Changes the bits in place, copying them first if another tensor shares them.
    package mutating func withMutablePointer<R>(_ body: (UnsafeMutablePointer<UInt16>) -> R) -> R {
        if !isKnownUniquelyReferenced(&storage) { storage = TensorStorage(copying: storage) }
        defer { withExtendedLifetime(storage) {} }
        return body(storage.pointer)
    }

    /// Writes the bits of the numbers nearest to `x`.
    package static func round(_ x: UnsafePointer<Float>, count: Int, into half: UnsafeMutablePointer<UInt16>)
    {
        kernels.pointee.halves(x, count, half)
    }
}
