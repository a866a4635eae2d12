/// Builds safetensors files, correct and broken.
enum SafetensorsBytes {
    /// A file with this header text and this data.
    static func file(_ header: String, data: [UInt8]) -> [UInt8] {
        withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) } + Array(header.utf8) + data
    }

    /// Little-endian bytes of floats.
    static func floats(_ values: [Float]) -> [UInt8] {
        values.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) } }
    }

    /// A correct file: `a` F32 [2, 2], `b` BF16 [3] (and so a misaligned rest), `c` I64 [1], `d` F32 [1].
    static let valid = file(
        #"{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"#
            + #""b":{"dtype":"BF16","shape":[3],"data_offsets":[16,22]},"#
            + #""c":{"dtype":"I64","shape":[1],"data_offsets":[22,30]},"#
            + #""d":{"dtype":"F32","shape":[1],"data_offsets":[30,34]}}  "#,
        data: floats([1, 2, 3, 4]) + [0x80, 0x3f, 0x00, 0x40, 0x40, 0xc0] + [7, 0, 0, 0, 0, 0, 0, 0]
            + floats([0.5]))
}
