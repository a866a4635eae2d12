import Foundation

/// SHA-256 (FIPS 180-4), fed piece by piece.
package struct ContentHash {
    private var state: [UInt32] = [
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab,
        0x5be0_cd19,
    ]
    private var pending: [UInt8] = []
    private var count: UInt64 = 0

    private static let constants: [UInt32] = firstPrimes(64).map { fraction(cubeRoot: $0) }

    package init() {}

    package mutating func update(_ bytes: some Sequence<UInt8>) {
        pending.append(contentsOf: bytes)
        let blocks = pending.count / 64
        for block in 0..<blocks { compress(pending[block * 64..<(block + 1) * 64]) }
        count += UInt64(blocks * 64)
        pending.removeFirst(blocks * 64)
    }

    /// Takes in a whole file, a piece at a time.
    mutating func update(contentsOf url: URL) throws {
        guard let file = try? FileHandle(forReadingFrom: url) else {
            throw ComparisonError("cannot read \(url.relativePath); check the name and its permissions")
        }
        defer { try? file.close() }
        while let piece = try file.read(upToCount: 1 << 18), !piece.isEmpty { update(piece) }
    }

    /// The digest in hexadecimal digits.
    package consuming func hexadecimal() -> String {
        let bits = (count + UInt64(pending.count)) * 8
        let zeros = (119 - pending.count % 64) % 64
        update([0x80] + [UInt8](repeating: 0, count: zeros))
        update((0..<8).map { UInt8(truncatingIfNeeded: bits >> (56 - 8 * $0)) })
        return state.map { String(format: "%08x", $0) }.joined()
    }

    private mutating func compress(_ block: ArraySlice<UInt8>) {
        var w = [UInt32](repeating: 0, count: 64)
        for (i, byte) in block.enumerated() { w[i / 4] = w[i / 4] << 8 | UInt32(byte) }
        for i in 16..<64 {
            let s0 = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3
            let s1 = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10
            w[i] = w[i - 16] &+ s0 &+ w[i - 7] &+ s1
        }
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        for i in 0..<64 {
            let sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
            let first = h &+ sum1 &+ (e & f ^ ~e & g) &+ Self.constants[i] &+ w[i]
            let sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
            let second = sum0 &+ (a & b ^ a & c ^ b & c)
            (h, g, f, e, d, c, b, a) = (g, f, e, d &+ first, c, b, a, first &+ second)
        }
        for (i, value) in [a, b, c, d, e, f, g, h].enumerated() { state[i] &+= value }
    }

    private func rotate(_ value: UInt32, _ places: UInt32) -> UInt32 {
        value >> places | value << (32 - places)
    }

    private static func firstPrimes(_ count: Int) -> [Int] {
        var primes: [Int] = []
        var candidate = 2
        while primes.count < count {
            if primes.allSatisfy({ candidate % $0 != 0 }) { primes.append(candidate) }
            candidate += 1
        }
        return primes
    }

    /// The first 32 bits of the fractional part of a cube root.
    private static func fraction(cubeRoot value: Int) -> UInt32 {
        let root = cbrt(Double(value))
        return UInt32((root - root.rounded(.down)) * 0x1p32)
    }
}
