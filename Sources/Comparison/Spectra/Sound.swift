import Foundation

/// What all measures take: mono samples at one rate, full scale being ±1.
package enum Sound {
    /// Samples per second.
    package static let sampleRate = 24_000
    /// RMS below which there is nothing to hear, −80 dBFS.
    static let silence = 1e-4

    /// Samples of so many seconds.
    package static func samples(_ seconds: Double) -> Int { Int((seconds * Double(sampleRate)).rounded()) }

    /// RMS in dB of full scale, not below −80.
    package static func level(_ sound: some Collection<Float>) -> Double {
        guard !sound.isEmpty else { return 20 * log10(silence) }
        let power = sound.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(sound.count)
        return 20 * log10(max(silence, power.squareRoot()))
    }

    /// The sound at an RMS of −20 dBFS, so that what is measured of it does not depend on its level; silence stays
    /// silence.
    static func normalised(_ sound: [Float]) -> [Float] {
        let gain = Float(pow(10, (-20 - level(sound)) / 20))
        return sound.map { $0 * gain }
    }
}
