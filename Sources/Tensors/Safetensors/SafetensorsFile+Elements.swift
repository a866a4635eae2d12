/// Tensors by name, converted to what the program computes with.
extension SafetensorsFile {
    /// A tensor of F32 or BF16 as 32-bit floats. A scalar becomes a tensor of shape `[1]`.
    package func tensor(_ name: String) throws(SafetensorsError) -> Tensor {
        let entry = try entry(name)
        var result = Tensor(uninitialized: entry.shape.isEmpty ? [1] : entry.shape)
        let count = result.count
        switch entry.type {
        case .float32:
            try withBytes(name) { bytes in
                result.withMutablePointer {
                    UnsafeMutableRawBufferPointer(start: $0, count: bytes.count).copyMemory(from: bytes)
                }
            }
        case .bfloat16:
            try withBytes(name) { bytes in
                result.withMutablePointer { target in
                    for i in 0..<count {
                        let half = bytes.loadUnaligned(fromByteOffset: 2 * i, as: UInt16.self)
                        target[i] = Float(bitPattern: UInt32(half) << 16)
                    }
                }
            }
        default:
            throw .unsupportedType(path: path, name: name, found: entry.type, expected: "F32 or BF16")
        }
        return result
    }

    /// A tensor of I64, I32 or U8 in row-major order: tokens.
    package func integers(_ name: String) throws(SafetensorsError) -> [Int] {
        let entry = try entry(name)
        let count = entry.bytes.count / entry.type.size
        return switch entry.type {
        case .int64:
            try withBytes(name) { bytes in
                (0..<count).map { Int(bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Int64.self)) }
            }
        case .int32:
            try withBytes(name) { bytes in
                (0..<count).map { Int(bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Int32.self)) }
            }
        case .uint8: try withBytes(name) { $0.map { Int($0) } }
        default:
            throw .unsupportedType(path: path, name: name, found: entry.type, expected: "I64, I32 or U8")
        }
    }
}
