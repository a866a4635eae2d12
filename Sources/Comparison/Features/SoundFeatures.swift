import Foundation
import Tensors

/// What is measured of a stretch of sound by itself. All but `level` are blind to the level.
package struct SoundFeatures: Codable, Sendable, Equatable {
    package let seconds: Double
    /// RMS in dBFS.
    package let level: Double
    /// Decibels between soft and loud.
    package let dynamics: Double
    /// Mean weight of the pitch classes C to B: `[12]`.
    package let pitchClasses: [Float]
    /// Seconds at which notes or chords set in.
    package let onsets: [Double]
    /// Beats per minute; nil where nothing recurs.
    package let tempo: Double?
    /// Long-term spectrum in dB: `[40]`.
    package let spectrum: [Float]
    /// Mean mel-frequency cepstrum in dB: `[19]`.
    package let cepstrum: [Float]

    /// Onsets per second.
    package var density: Double { seconds > 0 ? Double(onsets.count) / seconds : 0 }

    /// Binary logarithms of the seconds between onsets, ascending.
    var intervals: [Double] { zip(onsets, onsets.dropFirst()).map { log2($1 - $0) }.sorted() }
}

/// Measures stretches of sound; holds the tables that this takes.
struct FeatureExtractor: Sendable {
    private let chromagram = Chromagram()
    private let onsets = OnsetDetector()
    private let timbre = Timbre()
    private let cepstrum = MelCepstrum()

    func callAsFunction(_ sound: [Float]) -> SoundFeatures {
        measured(sound, chromagram: chromagram(sound))
    }

    /// The same, with the chromagram that it took: `[frames of 0.2 s × 12]`.
    func withChromagram(_ sound: [Float]) -> (SoundFeatures, [Float]) {
        let chroma = chromagram(sound)
        return (measured(sound, chromagram: chroma), chroma.elements)
    }

    private func measured(_ sound: [Float], chromagram: Tensor) -> SoundFeatures {
        let flux = onsets.flux(sound)
        return SoundFeatures(
            seconds: Double(sound.count) / Double(Sound.sampleRate), level: Sound.level(sound),
            dynamics: Levels.dynamics(sound), pitchClasses: Chromagram.profile(chromagram),
            onsets: OnsetDetector.times(flux), tempo: Tempo.beatsPerMinute(flux), spectrum: timbre(sound),
            cepstrum: cepstrum(sound))
    }
}
