/// The memory of a packed matrix.
///
/// `@unchecked Sendable`: written only by `PackedMatrix.init`, before the storage is shared.
final class PackedStorage: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer
    /// Factors and addends of the outputs, padded with zeros to whole panels.
    var scale: UnsafeMutablePointer<Float>?
    var bias: UnsafeMutablePointer<Float>?
    /// Of bytes: the sum of each output's weights, padded as well.
    var sums: UnsafeMutablePointer<Int32>?

    /// - Parameter zeroed: whether what is not written must be zeros.
    init(byteCount: Int, zeroed: Bool) {
        pointer = .allocate(byteCount: max(byteCount, 1), alignment: 64)
        if zeroed { pointer.initializeMemory(as: UInt8.self, repeating: 0, count: max(byteCount, 1)) }
    }

    static func padded(_ values: Tensor, to count: Int) -> UnsafeMutablePointer<Float> {
        let memory = UnsafeMutablePointer<Float>.allocate(capacity: max(count, 1))
        memory.initialize(repeating: 0, count: max(count, 1))
        values.withPointer { memory.update(from: $0, count: values.count) }
        return memory
    }

    deinit {
        pointer.deallocate()
        scale?.deallocate()
        bias?.deallocate()
        sums?.deallocate()
    }
}
