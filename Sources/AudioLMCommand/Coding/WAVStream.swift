/// 16-bit mono WAV whose length is not known when it begins, as other tools write it into pipes.
enum WAVStream {
    /// The 44 bytes before the samples, with the largest length that the format can tell.
    static func header(sampleRate: Int) -> [UInt8] {
        let rate = UInt32(sampleRate)
        return Array("RIFF".utf8) + bytes(UInt32.max) + Array("WAVEfmt ".utf8) + bytes(UInt32(16))
            + bytes(UInt16(1)) + bytes(UInt16(1)) + bytes(rate) + bytes(2 * rate) + bytes(UInt16(2))
            + bytes(UInt16(16)) + Array("data".utf8) + bytes(UInt32.max)
    }

    /// Samples, cut off at full scale; to the same 16 bits as libsndfile makes of them for a file.
    static func bytes(_ samples: [Float]) -> [UInt8] {
        let full = Double(Int32.max)
        return samples.flatMap { sample in
            let scaled = min(max((Double(sample) * full).rounded(.toNearestOrEven), -full - 1), full)
            return bytes(Int16(Int32(scaled) >> 16))
        }
    }

    /// A number's bytes, lowest first.
    private static func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }
}
