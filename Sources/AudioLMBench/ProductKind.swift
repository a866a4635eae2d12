import Tensors

/// How a matrix's weights rest in memory, and what its inputs are rounded to.
enum ProductKind: String, CaseIterable {
    case float32
    case bfloat16
    case int8SixteenBits = "int8, inputs of 16 bits"
    case int8SevenBits = "int8, inputs of 7 bits"

    var format: WeightFormat {
        switch self {
        case .float32: .float32
        case .bfloat16: .bfloat16
        case .int8SixteenBits, .int8SevenBits: .int8
        }
    }

    /// Weights `[outputs, inputs]` between -1/2 and 1/2.
    func randomMatrix(_ outputs: Int, _ inputs: Int, _ random: inout SeededGenerator) -> PackedMatrix {
        let values = (0..<outputs * inputs).map { _ in random.nextUniform() - 0.5 }
        switch self {
        case .float32: return PackedMatrix(Tensor([outputs, inputs], values))
        case .bfloat16:
            return values.map { UInt16($0.bitPattern >> 16) }.withUnsafeBytes {
                PackedMatrix(outputs: outputs, inputs: inputs, format: .bfloat16, weights: $0)
            }
        case .int8SixteenBits, .int8SevenBits:
            return values.map { Int8($0 * 254) }.withUnsafeBytes {
                PackedMatrix(
                    outputs: outputs, inputs: inputs, format: .int8, weights: $0,
                    scale: Tensor([outputs], filledWith: 1 / 254),
                    rounding: self == .int8SevenBits ? .sevenBits : .sixteenBits)
            }
        }
    }
}
