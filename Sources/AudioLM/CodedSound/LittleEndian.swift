extension [UInt8] {
    /// Appends a number's bytes, lowest first.
    mutating func append(littleEndian number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }

    /// The number whose bytes, lowest first, begin at `place`.
    func littleEndian<Number: FixedWidthInteger>(_: Number.Type, at place: Int) -> Number {
        self[place..<place + Number.bitWidth / 8].reversed().reduce(0) { $0 << 8 | Number($1) }
    }
}
