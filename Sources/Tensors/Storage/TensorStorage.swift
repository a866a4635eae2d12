/// The memory of a tensor, aligned to a cache line.
///
/// `@unchecked Sendable`: the memory is written only where the storage is unique, and through the initialisers before it
/// is shared.
final class TensorStorage<Element: BitwiseCopyable>: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<Element>
    let count: Int

    init(count: Int) {
        self.count = count
        let bytes = max(count, 1) * MemoryLayout<Element>.stride
        pointer = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
            .bindMemory(to: Element.self, capacity: max(count, 1))
    }

    convenience init(copying other: TensorStorage<Element>) {
        self.init(count: other.count)
        pointer.initialize(from: other.pointer, count: count)
    }

    deinit { UnsafeMutableRawPointer(pointer).deallocate() }
}
