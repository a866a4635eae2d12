/// A comparison's results: report.json, whose keys are these in snake_case.
package struct Report: Codable, Sendable {
    package static let currentFormat = 1

    package struct Settings: Codable, Sendable, Equatable {
        /// Of each continuation, as much is measured at most.
        package let seconds: Double
        /// Of each window of the drift.
        package let windowSeconds: Double
        package let seed: UInt64
        package let prompts: Int
        /// Whether there are real continuations, and so a scale from 0 to 1.
        package let hasReference: Bool
        /// The bundle that heard the continuations, if one did.
        package let model: String?
    }

    package struct System: Codable, Sendable, Equatable {
        package let name: String
        package let origin: String
        package let continuations: Int
    }

    package var format = currentFormat
    package let settings: Settings
    package let measures: [Measure]
    package let systems: [System]
    package let summary: [Summary]
    package let scale: [ScaleQuality]
    package let distances: [SystemDistance]
    package let tests: [PairedTest]
    package let drift: [DriftPoint]
    package let prompts: [PromptAnchors]
    package let continuations: [ContinuationRow]
    /// What listeners preferred, where answers were given.
    package var listening: ListeningResult?
}

/// One measure of one system over all prompts.
package struct Summary: Codable, Sendable, Equatable {
    package let system: String
    package let measure: String
    /// In the measure's own unit; variations of a prompt count as their mean.
    package let mean: Interval
    /// On the scale from another recording (0) to the recording's own continuation (1); consistency measures only.
    package let consistency: Interval?
}

/// What the scale of a consistency measure rests on.
package struct ScaleQuality: Codable, Sendable, Equatable {
    package let measure: String
    /// Mean similarity of the prompts to their recordings' own continuations, and to those of others.
    package let own: Double
    package let other: Double
    /// Share of prompts whose own continuation is nearer than others on average.
    package let ownNearer: Double
    /// Share of pairs of a prompt and another recording in which the own continuation is nearer.
    package let ownWins: Double
}

/// How far all of a system's continuations lie from the real ones.
package struct SystemDistance: Codable, Sendable, Equatable {
    package let system: String
    package let measure: String
    /// The jackknife's over prompts.
    package let interval: Interval
    /// Seconds of sound of the system, and of real continuations.
    package let seconds: Int
    package let realSeconds: Int
}

/// Whether two systems differ by a measure, prompt by prompt.
package struct PairedTest: Codable, Sendable, Equatable {
    package let measure: String
    package let first: String
    package let second: String
    /// Mean of first minus second, in the measure's own unit.
    package let difference: Interval
    /// Of Wilcoxon's signed-rank test, two-sided.
    package let probability: Double
    /// The same after Holm's correction over all pairs of systems of the measure.
    package let corrected: Double
}

/// How near to the prompt a system still is after some time.
package struct DriftPoint: Codable, Sendable, Equatable {
    package let system: String
    package let measure: String
    /// Seconds from the seam to the middle of the window.
    package let second: Double
    /// On the scale where there is one, else the similarity in the measure's unit.
    package let value: Interval
}

/// A prompt, and where its scale ends.
package struct PromptAnchors: Codable, Sendable, Equatable {
    package let prompt: String
    package let recording: String
    package let seconds: Double
    /// Similarity by measure to the recording's own continuation.
    package var own: [String: Double]
    /// Mean similarity to those of other recordings.
    package var other: [String: Double]
}

/// All values of one continuation, in the measures' own units.
package struct ContinuationRow: Codable, Sendable, Equatable {
    package let prompt: String
    package let system: String
    /// From 1.
    package let variation: Int
    package let source: String
    package let seconds: Double
    package let beginsWithPrompt: Bool
    package let faults: [String]
    package var values: [String: Double]
}
