/// How the weights of a matrix rest in memory.
package enum WeightFormat: String, Sendable, CaseIterable {
    case float32
    /// The upper halves of 32-bit floats; widened exactly on use.
    case bfloat16
    /// Signed bytes with one 32-bit scale for each output; products and sums are 32-bit floats.
    case int8
}

/// A matrix of weights `[outputs, inputs]`, packed once for products x · Wᵀ: panels of 16 outputs, within a panel
/// input by input, so that the kernels read it from front to back.
///
/// An element of a product is one sum over the inputs in ascending order, whatever the number of rows, threads or
/// the instruction set: products are equal bit for bit.
package struct PackedMatrix: Sendable {
    /// Outputs of one panel.
    package static let panelWidth = 16

    package let outputs: Int
    package let inputs: Int
    package let format: WeightFormat
    let storage: PackedStorage

    var panelCount: Int { (outputs + Self.panelWidth - 1) / Self.panelWidth }

    /// Packs weights.
    /// - Parameters:
    ///   - weights: `[outputs, inputs]` row-major elements of `format`, aligned for them.
    ///   - scale: one factor for each output.
    ///   - bias: one addend for each output.
    package init(
        outputs: Int, inputs: Int, format: WeightFormat, weights: UnsafeRawBufferPointer,
        scale: Tensor? = nil, bias: Tensor? = nil
    ) {
        precondition(scale == nil || scale?.count == outputs, "scale does not match \(outputs) outputs")
        precondition(bias == nil || bias?.count == outputs, "bias does not match \(outputs) outputs")
        precondition(weights.count == outputs * inputs * format.elementSize, "weights do not match the shape")
        self.outputs = outputs
        self.inputs = inputs
        self.format = format
        let padded = (outputs + Self.panelWidth - 1) / Self.panelWidth * Self.panelWidth
        storage = PackedStorage(byteCount: padded * inputs * format.elementSize)
        storage.scale = scale.map { PackedStorage.padded($0, to: padded) }
        storage.bias = bias.map { PackedStorage.padded($0, to: padded) }
        switch format {
        case .float32: pack(weights.bindMemory(to: Float.self))
        case .bfloat16: pack(weights.bindMemory(to: UInt16.self))
        case .int8: pack(weights.bindMemory(to: Int8.self))
        }
    }

    /// Packs a matrix of 32-bit floats `[outputs, inputs]`.
    package init(_ weights: Tensor, bias: Tensor? = nil) {
        precondition(weights.shape.count == 2, "packing shape \(weights.shape)")
        self = weights.withPointer {
            PackedMatrix(
                outputs: weights.rows, inputs: weights.columns, format: .float32,
                weights: UnsafeRawBufferPointer(start: $0, count: 4 * weights.count),
                bias: bias)
        }
    }

    private func pack<Element>(_ source: UnsafeBufferPointer<Element>) {
        guard let source = source.baseAddress else { return }
        let target = storage.pointer.assumingMemoryBound(to: Element.self)
        for output in 0..<outputs {
            let (panel, lane) = output.quotientAndRemainder(dividingBy: Self.panelWidth)
            let column = target + panel * inputs * Self.panelWidth + lane
            let row = source + output * inputs
            for input in 0..<inputs { column[input * Self.panelWidth] = row[input] }
        }
    }

    /// Writes the weights of one output, scaled and widened, to `target` (`inputs` elements).
    package func copyRow(_ output: Int, into target: UnsafeMutablePointer<Float>) {
        precondition(output >= 0 && output < outputs, "row \(output) of \(outputs)")
        let (panel, lane) = output.quotientAndRemainder(dividingBy: Self.panelWidth)
        let start = panel * inputs * Self.panelWidth + lane
        switch format {
        case .float32:
            let column = storage.pointer.assumingMemoryBound(to: Float.self) + start
            for input in 0..<inputs { target[input] = column[input * Self.panelWidth] }
        case .bfloat16:
            let column = storage.pointer.assumingMemoryBound(to: UInt16.self) + start
            for input in 0..<inputs {
                target[input] = Float(bitPattern: UInt32(column[input * Self.panelWidth]) << 16)
            }
        case .int8:
            let column = storage.pointer.assumingMemoryBound(to: Int8.self) + start
            let factor = storage.scale?[output] ?? 1
            for input in 0..<inputs { target[input] = Float(column[input * Self.panelWidth]) * factor }
        }
        withExtendedLifetime(storage) {}
    }
}

extension WeightFormat {
    /// Bytes of one weight.
    package var elementSize: Int {
        switch self {
        case .float32: 4
        case .bfloat16: 2
        case .int8: 1
        }
    }
}
