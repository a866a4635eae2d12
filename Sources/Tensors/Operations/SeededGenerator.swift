/// A small random number generator with a published sequence (SplitMix64), the same on every platform.
///
/// Each use takes its own generator: `SeededGenerator(seed: s, stream: n)` gives unrelated sequences for the
/// stages of one run.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64, stream: UInt64 = 0) {
        state = seed
        let mixed = next() ^ (stream &* 0xd1b5_4a32_d192_ed03)
        state = mixed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    /// A number in [0, 1) with 24 bits.
    package mutating func nextUniform() -> Float { Float(next() >> 40) * 0x1p-24 }

    /// A number from the standard normal distribution (Box and Muller).
    package mutating func nextNormal() -> Float {
        let radius = (-2 * logarithm(1 - Double(next() >> 11) * 0x1p-53)).squareRoot()
        return Float(radius * cosine(2 * Double.pi * Double(next() >> 11) * 0x1p-53))
    }
}
