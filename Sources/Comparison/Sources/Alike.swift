/// Whether two sounds are the same recording, one of them perhaps coded, scaled or shifted a little.
enum Alike {
    /// Samples that are averaged: what is compared lies below 1 kHz.
    private static let decimation = 12
    /// Shifts of at most 50 ms either way, as coders make them.
    private static let furthest = 100
    /// Correlation from which sounds are the same.
    private static let least = 0.5

    /// - Parameter a, b: of the same length, at 24 kHz.
    static func sameRecording(_ a: [Float], _ b: [Float]) -> Bool {
        let (left, right) = (centred(decimated(a)), centred(decimated(b)))
        guard left.count > 2 * furthest else { return false }
        let energy = power(left[...]) * power(right[...])
        guard energy > 0 else { return false }
        return (-furthest...furthest).contains { shift in
            let product = zip(left[max(0, shift)...], right[max(0, -shift)...])
                .reduce(0.0) { $0 + Double($1.0 * $1.1) }
            return product > least * energy.squareRoot()
        }
    }

    /// Without an offset, which all sounds of one microphone have in common.
    private static func centred(_ values: [Float]) -> [Float] {
        let mean = values.reduce(0, +) / Float(max(values.count, 1))
        return values.map { $0 - mean }
    }

    private static func power(_ values: ArraySlice<Float>) -> Double {
        values.reduce(0.0) { $0 + Double($1 * $1) }
    }

    private static func decimated(_ sound: [Float]) -> [Float] {
        stride(from: 0, to: sound.count - decimation + 1, by: decimation).map { start in
            sound[start..<start + decimation].reduce(0, +)
        }
    }
}
