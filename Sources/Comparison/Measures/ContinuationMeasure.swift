/// A measure of one continuation that is no similarity: of its seam, its structure, its drift.
struct ContinuationMeasure: Sendable {
    let measure: Measure
    /// Nil where a continuation is too short for it.
    let value: @Sendable (ContinuationAnalysis, SoundFeatures) -> Double?

    init(
        _ id: String, _ title: String, _ group: Measure.Group, unit: String,
        better: Measure.Better = .natural,
        _ definition: String, source: String = "",
        _ value: @escaping @Sendable (ContinuationAnalysis, SoundFeatures) -> Double?
    ) {
        measure = Measure(
            id: id, title: title, group: group, unit: unit, definition: definition,
            source: source.isEmpty ? "defined here" : source, better: better)
        self.value = value
    }

    static let all: [ContinuationMeasure] = [
        ContinuationMeasure(
            "level_jump", "Level jump", .seam, unit: "dB", better: .lower,
            "Absolute difference of the RMS levels of the half seconds before and after the seam."
        ) { analysis, _ in abs(analysis.seam.levelJump) },
        ContinuationMeasure(
            "spectral_jump", "Spectral jump", .seam, unit: "dB", better: .lower,
            "RMS difference of the spectra (40 bands, level removed) of the half seconds before and after the seam."
        ) { analysis, _ in analysis.seam.spectralJump },
        ContinuationMeasure(
            "click", "Click", .seam, unit: "dB", better: .lower,
            """
            Largest second difference of the waveform within 2 ms of the seam over the largest of the half seconds \
            around it; above 0 it stands out.
            """
        ) { analysis, _ in analysis.seam.click },
        ContinuationMeasure(
            "repeats", "Repeats", .structure, unit: "times", better: .lower,
            """
            How often the most repeated 2 s come back without overlap, the correlation of the logarithmic spectra \
            (20 ms frames, 60 Hz to 8 kHz, mean removed) being above 0.9.
            """,
            source: "self-similarity: Foote, Visualizing music and audio, 1999"
        ) { analysis, _ in Double(analysis.repetition.repeats) },
        ContinuationMeasure(
            "longest_repeat", "Longest repeat", .structure, unit: "s", better: .lower,
            "The longest stretch that comes back without overlap, by the same correlation; 0 below 2 s.",
            source: "self-similarity: Foote, Visualizing music and audio, 1999"
        ) { analysis, _ in analysis.repetition.longestRepeat },
        ContinuationMeasure(
            "self_similarity", "Self-similarity", .structure, unit: "correlation",
            "Mean over all stretches of 2 s of that correlation with the most alike one at least 2 s away.",
            source: "Foote, Visualizing music and audio, 1999"
        ) { analysis, _ in analysis.repetition.selfSimilarity },
        ContinuationMeasure(
            "longest_silence", "Longest silence", .structure, unit: "s", better: .lower,
            "The longest stretch whose every 50 ms lie below −60 dBFS."
        ) { analysis, _ in analysis.longestSilence },
        ContinuationMeasure(
            "faults", "Faults", .structure, unit: "per continuation", better: .lower,
            """
            Number of: silent (4 s below −60 dBFS), stuck (more than 2 repeats), too sparse or too dense (less than a \
            third or more than three times the prompt's onsets per second).
            """
        ) { analysis, prompt in Double(analysis.faults(prompt: prompt).count) },
    ]
}
