internal import CKernels

/// How the weights of a matrix rest in memory.
package enum WeightFormat: String, Sendable, CaseIterable {
    case float32
    /// The upper halves of 32-bit floats; widened exactly on use.
    case bfloat16
    /// Signed bytes with one 32-bit scale for each output. What they are multiplied with is rounded.
    case int8
}

/// What the inputs of a matrix of bytes are rounded to: so many bits of the greatest magnitude in their row, sign included.
package enum InputRounding: Sendable, CaseIterable {
    case sixteenBits
    /// Half the arithmetic of sixteen bits, for networks that bear it.
    case sevenBits
}

/// A matrix of weights `[outputs, inputs]`, packed once for products x · Wᵀ: panels of 16 outputs (64 of bytes), within
/// a panel input by input (four by four), so that the kernels read it from front to back.
///
/// An element of a product is one sum over the inputs in ascending order, or an exact one of bytes, whatever the number
/// of rows, threads or the instruction set: products are equal bit for bit.
package struct PackedMatrix: Sendable {
    package let outputs: Int
    package let inputs: Int
    package let format: WeightFormat
    package let rounding: InputRounding
    let storage: PackedStorage

    /// More products of bytes may be too large a sum for 32 bits.
    package static let mostInputsOfBytes = 1 << 16

    /// Outputs of one panel.
    var panelWidth: Int { format == .int8 ? 64 : 16 }
    var panelCount: Int { (outputs + panelWidth - 1) / panelWidth }
    /// Inputs with the zeros that make them whole groups.
    var paddedInputs: Int { format == .int8 ? (inputs + 63) / 64 * 64 : inputs }

    init(outputs: Int, inputs: Int, format: WeightFormat, rounding: InputRounding, storage: PackedStorage) {
        self.outputs = outputs
        self.inputs = inputs
        self.format = format
        self.rounding = rounding
        self.storage = storage
    }

    /// Packs weights.
    /// - Parameters:
    ///   - weights: `[outputs, inputs]` row-major elements of `format`.
    ///   - scale: one factor for each output.
    ///   - bias: one addend for each output.
    ///   - rounding: of the inputs, where weights are bytes, of which there are `mostInputsOfBytes` for an output at most.
    package init(
        outputs: Int, inputs: Int, format: WeightFormat, weights: UnsafeRawBufferPointer,
        scale: Tensor? = nil, bias: Tensor? = nil, rounding: InputRounding = .sixteenBits
    ) {
        precondition(scale == nil || scale?.count == outputs, "scale does not match \(outputs) outputs")
        precondition(bias == nil || bias?.count == outputs, "bias does not match \(outputs) outputs")
        precondition(format != .int8 || inputs <= Self.mostInputsOfBytes, "\(inputs) inputs of bytes")
        precondition(weights.count == outputs * inputs * format.elementSize, "weights do not match the shape")
        self.outputs = outputs
        self.inputs = inputs
        self.format = format
        self.rounding = rounding
        let width = format == .int8 ? 64 : 16
        let padded = (outputs + width - 1) / width * width
        let group = format == .int8 ? 64 : 1
        let paddedInputs = (inputs + group - 1) / group * group
        storage = PackedStorage(
            byteCount: padded * paddedInputs * format.elementSize,
            zeroed: (padded, paddedInputs) != (outputs, inputs))
        storage.scale = scale.map { PackedStorage.padded($0, to: padded) }
        storage.bias = bias.map { PackedStorage.padded($0, to: padded) }
        switch format {
        case .float32: pack(weights, as: Float.self)
        case .bfloat16: pack(weights, as: UInt16.self)
        case .int8:
            if scale == nil {
                storage.scale = PackedStorage.padded(Tensor([outputs], filledWith: 1), to: padded)
            }
            packBytes(weights)
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

    private func pack<Element: BitwiseCopyable>(_ source: UnsafeRawBufferPointer, as type: Element.Type) {
        let target = storage.pointer.assumingMemoryBound(to: type)
        let size = MemoryLayout<Element>.size
        for panel in 0..<panelCount {
            let first = panel * panelWidth
            let width = min(panelWidth, outputs - first)
            for input in 0..<inputs {
                let place = (panel * inputs + input) * panelWidth
                for lane in 0..<width {
                    target[place + lane] = source.loadUnaligned(
                        fromByteOffset: ((first + lane) * inputs + input) * size, as: type)
                }
            }
        }
    }

    /// Packs bytes four inputs at a time, and adds them up for each output.
    private func packBytes(_ source: UnsafeRawBufferPointer) {
        let padded = panelCount * panelWidth
        let sums = UnsafeMutablePointer<Int32>.allocate(capacity: max(padded, 1))
        sums.initialize(repeating: 0, count: max(padded, 1))
        storage.sums = sums
        guard let rows = source.baseAddress else { return }
        audiolm_pack_i8(
            rows.assumingMemoryBound(to: Int8.self), outputs, inputs, paddedInputs,
            storage.pointer.assumingMemoryBound(to: Int8.self), sums)
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
