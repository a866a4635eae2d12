/// The memory of a tensor, aligned to a cache line.
///
/// `@unchecked Sendable`: the memory is written only through `Tensor.withMutablePointer`, which makes the storage
/// unique first, and through the initialisers before the storage is shared.
final class TensorStorage: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<Float>
    let count: Int

    init(count: Int) {
        self.count = count
        let bytes = max(count, 1) * MemoryLayout<Float>.stride
        pointer = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
            .bindMemory(to: Float.self, capacity: max(count, 1))
    }

    convenience init(copying other: TensorStorage) {
        self.init(count: other.count)
        pointer.initialize(from: other.pointer, count: count)
    }

    deinit { UnsafeMutableRawPointer(pointer).deallocate() }
}
