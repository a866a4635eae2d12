/// Reads the little JSON that a safetensors header consists of, byte by byte, accepting nothing else.
///
/// The input is untrusted: every read is bounds-checked, nothing recurses, numbers that overflow are refused.
struct JSONScanner {
    /// What was wrong, and at which byte of the text.
    struct Failure: Error {
        let offset: Int
        let reason: String
    }

    private let bytes: [UInt8]
    private(set) var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func fail(_ reason: String) -> Failure { Failure(offset: position, reason: reason) }

    private mutating func skipSpace() {
        while position < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[position]) { position += 1 }
    }

    /// Takes `character` if it is the next one.
    mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    mutating func expect(_ character: Unicode.Scalar) throws(Failure) {
        guard take(character) else { throw fail("expected \"\(character)\"") }
    }

    mutating func expectEnd() throws(Failure) {
        skipSpace()
        guard position == bytes.count else { throw fail("text after the end of the header") }
    }

    /// A non-negative integer without sign, fraction or exponent.
    mutating func integer() throws(Failure) -> Int {
        skipSpace()
        let start = position
        var value = 0
        while position < bytes.count, case 0x30...0x39 = bytes[position] {
            let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = scaled.addingReportingOverflow(Int(bytes[position] - 0x30))
            guard !overflow, !carry else { throw fail("number too large") }
            value = sum
            position += 1
        }
        guard position > start else { throw fail("expected a non-negative integer") }
        guard position - start == 1 || bytes[start] != 0x30 else { throw fail("number with a leading zero") }
        return value
    }

    /// An array of non-negative integers, at most `limit` of them.
    mutating func integers(limit: Int) throws(Failure) -> [Int] {
        try expect("[")
        var values: [Int] = []
        guard !take("]") else { return values }
        repeat {
            guard values.count < limit else { throw fail("more than \(limit) numbers in an array") }
            values.append(try integer())
        } while take(",")
        try expect("]")
        return values
    }

    /// A string, its escapes resolved; must be valid UTF-8.
    mutating func string() throws(Failure) -> String {
        try expect("\"")
        var content: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: content, as: UTF8.self) else {
                    throw fail("string that is not UTF-8")
                }
                return text
            case UInt8(ascii: "\\"): content += try escape()
            case 0..<0x20: throw fail("control character in a string")
            default: content.append(byte)
            }
        }
        throw fail("string without an end")
    }

    private mutating func escape() throws(Failure) -> [UInt8] {
        guard position < bytes.count else { throw fail("string without an end") }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0c]
        case UInt8(ascii: "n"): return [0x0a]
        case UInt8(ascii: "r"): return [0x0d]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"):
            var units = [try codeUnit()]
            if UTF16.isLeadSurrogate(units[0]), position + 1 < bytes.count,
                bytes[position] == UInt8(ascii: "\\"), bytes[position + 1] == UInt8(ascii: "u")
            {
                position += 2
                units.append(try codeUnit())
            }
            guard let text = String(validating: units, as: UTF16.self) else {
                throw fail("unpaired surrogate")
            }
            return Array(text.utf8)
        default: throw fail("unknown escape in a string")
        }
    }

    private mutating func codeUnit() throws(Failure) -> UInt16 {
        guard position + 4 <= bytes.count else { throw fail("string without an end") }
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue else {
                throw fail("escape that is not hexadecimal")
            }
            value = value << 4 | UInt16(digit)
            position += 1
        }
        return value
    }
}
