/// A matrix of weights of which single rows are taken, such as an embedding: `[rows, columns]`, read where the file has
/// them.
package struct RowTable: Sendable {
    package let rows: Int
    package let columns: Int
    private let format: WeightFormat
    private let bytes: MappedBytes
    /// One factor for each row.
    private let scale: Tensor?

    /// - Parameters:
    ///   - bytes: row-major elements of `format`.
    ///   - scale: one factor for each row.
    package init(rows: Int, columns: Int, format: WeightFormat, bytes: MappedBytes, scale: Tensor? = nil) {
        precondition(bytes.count == rows * columns * format.elementSize, "elements do not match the shape")
        precondition(scale == nil || scale?.count == rows, "scale does not match \(rows) rows")
        self.rows = rows
        self.columns = columns
        self.format = format
        self.bytes = bytes
        self.scale = scale
    }

    /// Writes a row to `target`.
    package func copy(_ row: Int, into target: UnsafeMutablePointer<Float>) {
        forEach(row) { target[$0] = $1 }
    }

    /// Adds a row to `target`.
    package func add(_ row: Int, to target: UnsafeMutablePointer<Float>) {
        forEach(row) { target[$0] += $1 }
    }

    @inline(__always)
    private func forEach(_ row: Int, _ body: (Int, Float) -> Void) {
        precondition(row >= 0 && row < rows, "row \(row) of \(rows)")
        let columns = columns
        let start = row * columns * format.elementSize
        bytes.withUnsafeBytes { bytes in
            switch format {
            case .float32:
                for i in 0..<columns {
                    body(i, bytes.loadUnaligned(fromByteOffset: start + 4 * i, as: Float.self))
                }
            case .bfloat16:
                for i in 0..<columns {
                    let half = bytes.loadUnaligned(fromByteOffset: start + 2 * i, as: UInt16.self)
                    body(i, Float(bitPattern: UInt32(half) << 16))
                }
            case .int8:
                let factor = scale?[row] ?? 1
                guard let row = bytes.baseAddress.map({ $0 + start }) else { return }
                for i in 0..<columns {
                    body(i, Float(row.load(fromByteOffset: i, as: Int8.self)) * factor)
                }
            }
        }
    }
}
