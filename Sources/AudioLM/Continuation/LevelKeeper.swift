import Foundation

/// Keeps the loudness of a long continuation near its prompt's.
///
/// Music may swell and fade by itself: only where the level of the last seconds has drifted by more than a few
/// decibels is the excess taken back, slowly.
struct LevelKeeper: Sendable {
    /// Decibels of drift that are left alone.
    static let freedom: Float = 2
    /// Decibels that are given or taken at most.
    static let limit: Float = 12
    /// Time constant of the running level in seconds.
    static let memory: Float = 2.5

    private let sampleRate: Float
    private let reference: Float
    private var power: Float
    private var gain: Float = 1

    /// - Parameter prompt: the sound whose level is to be held.
    init(prompt: some Collection<Float>, sampleRate: Int) {
        self.sampleRate = Float(sampleRate)
        reference = prompt.isEmpty ? 0 : prompt.reduce(0) { $0 + $1 * $1 } / Float(prompt.count)
        power = reference
    }

    /// The next samples of the continuation, their gain gliding from that of the samples before.
    mutating func callAsFunction(_ samples: [Float]) -> [Float] {
        guard !samples.isEmpty, reference > 1e-10 else { return samples }
        let mean = samples.reduce(0) { $0 + $1 * $1 } / Float(samples.count)
        let weight = exp(-Float(samples.count) / (Self.memory * sampleRate))
        power = weight * power + (1 - weight) * mean
        let before = gain
        gain = pow(10, correction / 20)
        let step = (gain - before) / Float(samples.count)
        return samples.enumerated().map { $1 * (before + step * Float($0 + 1)) }
    }

    /// Decibels by which the running level is to be changed.
    private var correction: Float {
        let drift = 10 * log10(reference / max(power, 1e-12))
        let excess = max(abs(drift) - Self.freedom, 0)
        return min(excess, Self.limit) * (drift < 0 ? -1 : 1)
    }
}
