/// The checksum of Ethernet, gzip and PNG (ISO 3309): any burst of up to 32 flipped bits changes it.
struct CRC32: Sendable, Equatable {
    private var state: UInt32 = 0xFFFF_FFFF

    var value: UInt32 { ~state }

    /// Takes in further bytes, eight at a time (Kounavis and Berry 2005).
    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        let whole = bytes.count / 8 * 8
        var crc = UInt64(state)
        Self.tables.withUnsafeBufferPointer { tables in
            for start in stride(from: 0, to: whole, by: 8) {
                let eight =
                    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self)) ^ crc
                crc = 0
                for place in 0..<8 {
                    let byte = Int(truncatingIfNeeded: eight >> (8 * UInt64(place)) & 0xFF)
                    crc ^= UInt64(tables[256 * (7 - place) + byte])
                }
            }
            for byte in bytes[whole...] {
                crc = UInt64(tables[Int((crc ^ UInt64(byte)) & 0xFF)]) ^ (crc >> 8)
            }
        }
        state = UInt32(crc)
    }

    static func of(_ bytes: some Collection<UInt8>) -> UInt32 {
        var sum = CRC32()
        Array(bytes).withUnsafeBytes { sum.update($0) }
        return sum.value
    }

    /// The remainder of each byte, then of each with one to seven zeros behind it.
    private static let tables: [UInt32] = {
        var tables: [UInt32] = (0..<256).map { byte in
            (0..<8).reduce(UInt32(byte)) { crc, _ in crc & 1 == 1 ? 0xEDB8_8320 ^ (crc >> 1) : crc >> 1 }
        }
        for entry in 0..<7 * 256 {
            tables.append(tables[Int(tables[entry] & 0xFF)] ^ (tables[entry] >> 8))
        }
        return tables
    }()
}
