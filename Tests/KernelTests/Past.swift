import CKernels
import Tensors
import TestSupport

/// Lists of keys and values, a head's or a branch's head's; scales of what has not been remembered are no numbers.
final class Past {
    let past: audiolm_past
    private let memory: UnsafeMutableRawPointer
    private let count: Int
    private let dim: Int

    init(lists: Int, capacity: Int, dim: Int) {
        self.dim = dim
        let (width, places) = (Self.padded(dim), lists * capacity)
        count = places * (2 * width + 12)
        memory = .allocate(byteCount: count, alignment: 64)
        memory.initializeMemory(as: UInt8.self, repeating: 0xff, count: count)
        let scales = memory + 2 * places * width
        past = audiolm_past(
            keys: memory.assumingMemoryBound(to: Int8.self),
            values: (memory + places * width).assumingMemoryBound(to: Int8.self),
            key_scale: scales.assumingMemoryBound(to: Float.self),
            key_sums: (scales + 4 * places).assumingMemoryBound(to: Int32.self),
            value_scale: (scales + 8 * places).assumingMemoryBound(to: Float.self), capacity: capacity,
            width: width)
    }

    deinit { memory.deallocate() }

    static func padded(_ dim: Int) -> Int { (dim + 15) / 16 * 16 }

    var bytes: [UInt8] { [UInt8](UnsafeRawBufferPointer(start: memory, count: count)) }

    /// What a seed stands for.
    static func row(seed: UInt64, dim: Int) -> (key: [Float], value: [Float]) {
        var random = SeededGenerator(seed: seed)
        return (random.normals(dim), random.normals(dim))
    }

    func remember(_ kernels: audiolm_kernels, list: Int, place: Int, seed: UInt64? = nil) {
        let row = Self.row(seed: seed ?? UInt64(place), dim: dim)
        remember(kernels, list: list, place: place, key: row.key, value: row.value)
    }

    func remember(_ kernels: audiolm_kernels, list: Int, place: Int, key: [Float], value: [Float]) {
        var past = past
        kernels.remember(&past, list, place, 1, key, value, dim, dim)
    }
}
