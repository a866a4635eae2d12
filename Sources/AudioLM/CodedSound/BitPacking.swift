/// Whole numbers of a fixed width, one behind the other, highest bit first; the last byte is filled up with zeros.
enum BitPacking {
    /// Bytes that `count` numbers of `width` bits take.
    static func byteCount(_ count: Int, width: Int) -> Int { (count * width + 7) / 8 }

    /// - Parameter numbers: each at least 0 and below 2^width; `width` is 1 to 16.
    static func pack(_ numbers: some Sequence<Int>, width: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var held = 0
        for number in numbers {
            bits = bits << UInt32(width) | UInt32(truncatingIfNeeded: number)
            held += width
            while held >= 8 {
                held -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(held)))
            }
        }
        if held > 0 { bytes.append(UInt8(truncatingIfNeeded: bits << UInt32(8 - held))) }
        return bytes
    }

    /// The first `count` numbers of bytes that hold at least as many.
    static func unpack(_ bytes: some Sequence<UInt8>, count: Int, width: Int) -> [Int] {
        var numbers: [Int] = []
        numbers.reserveCapacity(count)
        var bits: UInt32 = 0
        var held = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            held += 8
            while held >= width && numbers.count < count {
                held -= width
                numbers.append(Int(bits >> UInt32(held)) & (1 << width - 1))
            }
        }
        return numbers
    }
}
