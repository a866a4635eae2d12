/// A dense row-major array of 32-bit floats with value semantics.
///
/// Activations are `[frames, channels]` throughout. Copies share one buffer until one of them is written to.
package struct Tensor: Sendable {
    /// The extents, outermost first. Never empty; extents may be zero.
    package private(set) var shape: [Int]
    private var storage: TensorStorage<Float>

    /// A tensor whose elements are not yet defined; write all of them before reading any.
    package init(uninitialized shape: [Int]) {
        precondition(!shape.isEmpty && shape.allSatisfy { $0 >= 0 }, "invalid shape \(shape)")
        self.shape = shape
        storage = TensorStorage(count: shape.reduce(1, *))
    }

    /// A tensor filled with `value`.
    package init(_ shape: [Int], filledWith value: Float = 0) {
        self.init(uninitialized: shape)
        storage.pointer.initialize(repeating: value, count: storage.count)
    }

    /// A tensor with the given elements in row-major order; their number must match the shape.
    package init(_ shape: [Int], _ elements: some Collection<Float>) {
        self.init(uninitialized: shape)
        precondition(elements.count == storage.count, "\(elements.count) elements for shape \(shape)")
        _ = UnsafeMutableBufferPointer(start: storage.pointer, count: storage.count).update(from: elements)
    }

    /// The number of elements.
    package var count: Int { storage.count }

    /// The extent of the first axis: frames of an activation.
    package var rows: Int { shape[0] }

    /// The extent of the last axis: channels of an activation.
    package var columns: Int { shape[shape.count - 1] }

    /// The elements in row-major order.
    package var elements: [Float] {
        [Float](UnsafeBufferPointer(start: storage.pointer, count: storage.count))
    }

    /// Reads the elements in place; the pointer is valid only inside `body`.
    package func withPointer<R, E: Error>(_ body: (UnsafePointer<Float>) throws(E) -> R) throws(E) -> R {
        defer { withExtendedLifetime(storage) {} }
        return try body(UnsafePointer(storage.pointer))
    }

    /// Changes the elements in place, copying them first if another tensor shares them.
    package mutating func withMutablePointer<R, E: Error>(
        _ body: (UnsafeMutablePointer<Float>) throws(E) -> R
    ) throws(E) -> R {
        if !isKnownUniquelyReferenced(&storage) { storage = TensorStorage(copying: storage) }
        defer { withExtendedLifetime(storage) {} }
        return try body(storage.pointer)
    }

    /// The element at `index` in row-major order.
    package subscript(index: Int) -> Float {
        get {
            precondition(index >= 0 && index < count, "index \(index) outside of \(count) elements")
            return withPointer { $0[index] }
        }
        set {
            precondition(index >= 0 && index < count, "index \(index) outside of \(count) elements")
            withMutablePointer { $0[index] = newValue }
        }
    }

    /// The element at `row`, `column` of a matrix.
    package subscript(row: Int, column: Int) -> Float {
        get { self[row * columns + column] }
        set { self[row * columns + column] = newValue }
    }

    /// The same elements under another shape of as many elements.
    package func reshaped(_ shape: [Int]) -> Tensor {
        precondition(shape.reduce(1, *) == count, "cannot reshape \(self.shape) to \(shape)")
        var result = self
        result.shape = shape
        return result
    }
}
