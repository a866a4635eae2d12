import Foundation

/// What is heard where the prompt ends and the continuation begins.
package struct SeamMeasures: Codable, Sendable, Equatable {
    /// Level of the half second after the seam minus that before it, dB.
    package let levelJump: Double
    /// RMS difference of the two half seconds' spectra in 40 bands, level removed, dB.
    package let spectralJump: Double
    /// The sharpest bend of the waveform within 2 ms of the seam over the sharpest of the half second on either side,
    /// dB; above 0 it stands out.
    package let click: Double
}

/// Measures seams; holds the tables that this takes.
struct SeamMeter: Sendable {
    /// Seconds that are looked at on either side.
    static let reach = 0.5
    private static let clickReach = 0.002
    /// Bend below which nothing is heard, about −80 dBFS.
    private static let faintest: Float = 1e-4

    private let timbre = Timbre()

    /// - Parameters:
    ///   - sound: prompt and continuation.
    ///   - seam: samples of the prompt in it, at least one on either side.
    func callAsFunction(_ sound: [Float], seam: Int) -> SeamMeasures {
        let length = Sound.samples(Self.reach)
        let before = Array(sound[max(0, seam - length)..<seam])
        let after = Array(sound[seam..<min(sound.count, seam + length)])
        let loud = min(Sound.level(before), Sound.level(after)) > Levels.silence
        return SeamMeasures(
            levelJump: Sound.level(after) - Sound.level(before),
            spectralJump: loud ? -Similarity.closeness(timbre(before), timbre(after)) : 0,
            click: click(sound, seam: seam))
    }

    private func click(_ sound: [Float], seam: Int) -> Double {
        let (reach, near) = (Sound.samples(Self.reach), Sound.samples(Self.clickReach))
        var (here, elsewhere) = (Self.faintest, Self.faintest)
        for i in max(1, seam - reach)..<max(1, min(sound.count - 1, seam + reach)) {
            let bend = abs(sound[i - 1] - 2 * sound[i] + sound[i + 1])
            if abs(i - seam) <= near { here = max(here, bend) } else { elsewhere = max(elsewhere, bend) }
        }
        return 20 * log10(Double(here / elsewhere))
    }
}
