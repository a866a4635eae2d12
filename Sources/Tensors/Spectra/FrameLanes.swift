internal import CKernels

/// Up to sixteen frames side by side, one in each lane of the vectors that hold their numbers of one index.
package struct FrameLanes {
    package typealias Vector = SIMD16<Float>

    private let memory: UnsafeMutablePointer<Float>
    private let count: Int

    /// `count` vectors at `memory`.
    package init(_ memory: UnsafeMutablePointer<Float>, count: Int) {
        (self.memory, self.count) = (memory, count)
    }

    /// Calls `body` with room for `count` vectors.
    package static func withTemporary<R>(_ count: Int, _ body: (FrameLanes) throws -> R) rethrows -> R {
        try withUnsafeTemporaryAllocation(byteCount: count * MemoryLayout<Vector>.stride, alignment: 64) {
            let floats = $0.bindMemory(to: Float.self)
            guard let memory = floats.baseAddress else { preconditionFailure("no memory was allocated") }
            return try body(FrameLanes(memory, count: count))
        }
    }

    package subscript(_ index: Int) -> Vector {
        get {
            UnsafeRawPointer(memory).load(
                fromByteOffset: index * MemoryLayout<Vector>.stride, as: Vector.self)
        }
        nonmutating set {
            UnsafeMutableRawPointer(memory).storeBytes(
                of: newValue, toByteOffset: index * MemoryLayout<Vector>.stride, as: Vector.self)
        }
    }

    /// Takes frames, `stride` numbers apart; lanes without a frame become zero.
    package func take(_ frames: UnsafePointer<Float>, stride: Int, frames count: Int) {
        kernels.pointee.rows_to_lanes(frames, stride, count, self.count, memory)
    }

    /// Gives the first frames to where they belong, `stride` numbers apart.
    package func give(to frames: UnsafeMutablePointer<Float>, stride: Int, frames count: Int) {
        kernels.pointee.lanes_to_rows(memory, self.count, frames, stride, count)
    }
}
