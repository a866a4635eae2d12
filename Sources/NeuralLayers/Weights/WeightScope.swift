internal import Synchronization
package import Tensors

/// A view of a weight file from one point of the tree of names: `scope["encoder.0"]` descends.
///
/// Layers take their tensors through it by name and shape; a mismatch throws with the full path. After a model is
/// built, `requireAllUsed()` throws if the file holds tensors that nobody took.
package struct WeightScope: Sendable {
    package let file: SafetensorsFile
    /// Of the inputs of matrices of bytes.
    private let rounding: InputRounding
    private let prefix: String
    private let used: UsedNames

    /// The root of a file, whose matrices of bytes round their inputs so.
    package init(_ file: SafetensorsFile, rounding: InputRounding = .sixteenBits) {
        self.file = file
        self.rounding = rounding
        prefix = ""
        used = UsedNames()
    }

    private init(_ parent: WeightScope, _ name: String) {
        file = parent.file
        rounding = parent.rounding
        prefix = parent.prefix + name + "."
        used = parent.used
    }

    /// The scope below `name`, which may hold several components ("blocks.3.attention").
    package subscript(name: String) -> WeightScope { WeightScope(self, name) }

    /// The scope below a number: the n-th of a list of layers.
    package subscript(index: Int) -> WeightScope { WeightScope(self, String(index)) }

    /// The full path of a name in this scope.
    package func path(_ name: String) -> String { prefix + name }

    /// The same with all of its elements in a range.
    package func tensor(_ name: String, _ shape: [Int], in range: some RangeExpression<Float>) throws
        -> Tensor
    {
        let tensor = try tensor(name, shape)
        if let stray = tensor.elements.first(where: { !range.contains($0) }) {
            throw ModelError.range(path: path(name), found: stray)
        }
        return tensor
    }

    /// A tensor of F32 or BF16 with exactly this shape, all of its elements finite.
    package func tensor(_ name: String, _ shape: [Int]) throws -> Tensor {
        let entry = try claim(name, shape)
        guard entry.type == .float32 || entry.type == .bfloat16 else {
            throw ModelError.type(path: path(name), expected: "F32 or BF16", found: entry.type.rawValue)
        }
        let tensor = try file.tensor(path(name))
        try requireFinite(tensor, name)
        return tensor
    }

    /// A matrix `[outputs, inputs]` of F32, BF16, or I8 with factors `<name>_scale` `[outputs]`, packed for
    /// products.
    package func matrix(_ name: String, _ outputs: Int, _ inputs: Int, bias: Tensor? = nil) throws
        -> PackedMatrix
    {
        let entry = try claim(name, [outputs, inputs])
        switch entry.type {
        case .float32: return PackedMatrix(try tensor(name, [outputs, inputs]), bias: bias)
        case .bfloat16:
            try requireFinite(try file.tensor(path(name)), name)
            return try packed(name, outputs, inputs, .bfloat16, bias: bias)
        case .int8:
            guard inputs <= PackedMatrix.mostInputsOfBytes else {
                throw ModelError.wide(path: path(name), most: PackedMatrix.mostInputsOfBytes, found: inputs)
            }
            let scale = try tensor(name + "_scale", [outputs])
            return try packed(name, outputs, inputs, .int8, scale: scale, bias: bias)
        default:
            throw ModelError.type(path: path(name), expected: "F32, BF16 or I8", found: entry.type.rawValue)
        }
    }

    /// A matrix `[rows, columns]` in the same types, of which single rows are taken where the file has them.
    package func table(_ name: String, _ rows: Int, _ columns: Int) throws -> RowTable {
        let entry = try claim(name, [rows, columns])
        func table(_ format: WeightFormat, scale: Tensor? = nil) throws -> RowTable {
            RowTable(
                rows: rows, columns: columns, format: format, bytes: try file.bytes(path(name)), scale: scale)
        }
        switch entry.type {
        case .float32, .bfloat16:
            try requireFinite(try file.tensor(path(name)), name)
            return try table(entry.type == .float32 ? .float32 : .bfloat16)
        case .int8: return try table(.int8, scale: try tensor(name + "_scale", [rows]))
        default:
            throw ModelError.type(path: path(name), expected: "F32, BF16 or I8", found: entry.type.rawValue)
        }
    }

    /// Throws if the file holds tensors that no layer has taken.
    package func requireAllUsed() throws {
        let rest = used.unused(of: file.entries.keys)
        guard rest.isEmpty else { throw ModelError.unused(paths: rest) }
    }

    private func claim(_ name: String, _ shape: [Int]) throws -> SafetensorsEntry {
        guard let entry = file.entries[path(name)] else { throw ModelError.missing(path: path(name)) }
        guard entry.shape == shape else {
            throw ModelError.shape(path: path(name), expected: shape, found: entry.shape)
        }
        used.insert(path(name))
        return entry
    }

    private func requireFinite(_ tensor: Tensor, _ name: String) throws {
        // Zero times a number is zero if it is finite; without a branch for each, several are looked at together.
        let finite = tensor.withPointer { elements in
            (0..<tensor.count).reduce(UInt32(0)) { $0 | (elements[$1] * 0).bitPattern } & 0x7fff_ffff == 0
        }
        guard finite else { throw ModelError.notFinite(path: path(name)) }
    }

    private func packed(
        _ name: String, _ outputs: Int, _ inputs: Int, _ format: WeightFormat, scale: Tensor? = nil,
        bias: Tensor?
    ) throws -> PackedMatrix {
        try file.withBytes(path(name)) {
            PackedMatrix(
                outputs: outputs, inputs: inputs, format: format, weights: $0, scale: scale, bias: bias,
                rounding: rounding)
        }
    }
}

/// The names that layers have taken from a file.
private final class UsedNames: Sendable {
    private let names = Mutex<Set<String>>([])

    func insert(_ name: String) { names.withLock { _ = $0.insert(name) } }

    func unused(of all: some Sequence<String>) -> [String] {
        names.withLock { used in all.filter { !used.contains($0) }.sorted() }
    }
}
