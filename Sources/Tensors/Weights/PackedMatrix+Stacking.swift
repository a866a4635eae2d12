extension PackedMatrix {
    /// Outputs with those, always zero, that make them whole panels.
    package var paddedOutputs: Int { panelCount * panelWidth }

    /// Matrices of the same inputs as one, whose product is theirs side by side, each padded to whole panels: their inputs are
    /// rounded, and their work is handed out, once.
    package init(stacking parts: [PackedMatrix]) {
        let first = parts[0]
        precondition(
            parts.allSatisfy {
                ($0.inputs, $0.format, $0.rounding) == (first.inputs, first.format, first.rounding)
            },
            "matrices of different inputs, formats or roundings side by side")
        // Pointers alone do not keep the matrices.
        defer { withExtendedLifetime(parts) {} }
        let size = first.paddedInputs * first.format.elementSize
        let outputs = parts.reduce(0) { $0 + $1.paddedOutputs }
        let storage = PackedStorage(byteCount: outputs * size, zeroed: false)
        var start = 0
        for part in parts {
            (storage.pointer + start * size).copyMemory(
                from: part.storage.pointer, byteCount: part.paddedOutputs * size)
            start += part.paddedOutputs
        }
        let counts = parts.map(\.paddedOutputs)
        storage.scale = Self.joined(parts.map(\.storage.scale), counts)
        storage.bias = Self.joined(parts.map(\.storage.bias), counts)
        storage.sums = Self.joined(parts.map(\.storage.sums), counts)
        self.init(
            outputs: outputs, inputs: first.inputs, format: first.format, rounding: first.rounding,
            storage: storage)
    }

    /// All of the arrays, or none where the matrices have none.
    private static func joined<Element: BitwiseCopyable>(
        _ arrays: [UnsafeMutablePointer<Element>?], _ counts: [Int]
    ) -> UnsafeMutablePointer<Element>? {
        let present = arrays.compactMap { $0 }
        precondition(
            present.isEmpty || present.count == arrays.count, "a scale or bias of some matrices alone")
        guard !present.isEmpty else { return nil }
        let joined = UnsafeMutablePointer<Element>.allocate(capacity: max(counts.reduce(0, +), 1))
        var start = 0
        for (array, count) in zip(present, counts) {
            (joined + start).initialize(from: array, count: count)
            start += count
        }
        return joined
    }
}
