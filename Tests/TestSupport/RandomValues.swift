package import Tensors

/// Reproducible values for tests.
extension SeededGenerator {
    /// `count` numbers from the standard normal distribution, times `scale`.
    package mutating func normals(_ count: Int, scale: Float = 1) -> [Float] {
        (0..<count).map { _ in nextNormal() * scale }
    }

    /// A tensor of such numbers.
    package mutating func tensor(_ shape: [Int], scale: Float = 1) -> Tensor {
        Tensor(shape, normals(shape.reduce(1, *), scale: scale))
    }
}
