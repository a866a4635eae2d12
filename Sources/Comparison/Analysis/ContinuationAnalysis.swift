package import Foundation

/// All that is measured of one continuation of a prompt; what the cache keeps.
package struct ContinuationAnalysis: Codable, Sendable, Equatable {
    /// Seconds of each window of `windows`.
    package static let windowSeconds = 5.0

    package let features: SoundFeatures
    /// The same of every 5 s; a last one of less than half is left out.
    package let windows: [SoundFeatures]
    package let seam: SeamMeasures
    package let repetition: RepetitionMeasures
    package let longestSilence: Double
    /// Weight of the pitch classes over time, `[frames of 0.2 s × 12]`, 255 being the highest.
    package let chromagram: Data
    /// Whether the file began with the prompt.
    package let beginsWithPrompt: Bool

    /// The chromagram as numbers, up to a factor.
    var chroma: [Float] { chromagram.map(Float.init) }

    /// What is wrong with it: "silent", "stuck", "too sparse", "too dense".
    package func faults(prompt: SoundFeatures) -> [String] {
        var faults: [String] = []
        if longestSilence >= 4 { faults.append("silent") }
        if repetition.repeats > 2 { faults.append("stuck") }
        if 3 * features.density < prompt.density { faults.append("too sparse") }
        if features.density > 3 * prompt.density { faults.append("too dense") }
        return faults
    }
}
