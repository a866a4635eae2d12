/// A feature and a similarity: how near a continuation, or 5 s of it, is to its prompt.
struct ConsistencyMeasure: Sendable {
    let measure: Measure
    let similarity: @Sendable (SoundFeatures, SoundFeatures) -> Double

    init(
        _ id: String, _ title: String, unit: String, _ definition: String, source: String,
        _ similarity: @escaping @Sendable (SoundFeatures, SoundFeatures) -> Double
    ) {
        measure = Measure(
            id: id, title: title, group: .consistency, unit: unit, definition: definition, source: source,
            better: .higher)
        self.similarity = similarity
    }

    /// Octaves beyond which two distributions of intervals are no further apart.
    private static let furthestIntervals = 4.0

    static let all: [ConsistencyMeasure] = [
        ConsistencyMeasure(
            "pitch_classes", "Pitch classes", unit: "correlation",
            "Correlation over the 12 pitch classes of the mean weights of spectral peaks between 65 Hz and 2.1 kHz.",
            source: "pitch-class profiles: Krumhansl, Cognitive Foundations of Musical Pitch, 1990"
        ) { Similarity.correlation($0.pitchClasses, $1.pitchClasses) },
        ConsistencyMeasure(
            "note_density", "Note density", unit: "−|ln ratio|",
            "Minus the absolute natural logarithm of the ratio of the onsets per second, each raised by 0.2/s.",
            source: "onsets: Böck and Widmer, Maximum filter vibrato suppression, DAFx 2013"
        ) { Similarity.ratio($0.density, $1.density) },
        ConsistencyMeasure(
            "intervals", "Inter-onset intervals", unit: "−octaves",
            "Minus the Wasserstein distance of the distributions of the binary logarithm of the time between onsets.",
            source: "Wasserstein distance on the line: Vallender, 1974"
        ) { Similarity.distribution($0.intervals, $1.intervals, largest: furthestIntervals) },
        ConsistencyMeasure(
            "tempo", "Tempo", unit: "−octaves",
            "Minus the octaves between the tempi, folded so that double and half are the same.",
            source: "autocorrelation of the onset flux: Ellis, Beat tracking by dynamic programming, 2007"
        ) { Similarity.tempo($0.tempo, $1.tempo) },
        ConsistencyMeasure(
            "loudness", "Loudness", unit: "−dB", "Minus the absolute difference of the RMS levels.",
            source: "RMS level in dBFS: AES17"
        ) { -abs($0.level - $1.level) },
        ConsistencyMeasure(
            "dynamics", "Dynamics", unit: "−dB",
            "Minus the absolute difference of the ranges between the 10th and the 95th percentile of 0.4 s levels.",
            source: "loudness range: EBU Tech 3342"
        ) { -abs($0.dynamics - $1.dynamics) },
        ConsistencyMeasure(
            "timbre", "Timbre", unit: "−dB",
            "Minus the RMS difference of the long-term spectra, 40 bands from 40 Hz to 10 kHz, level removed.",
            source: "long-term average spectrum"
        ) { Similarity.closeness($0.spectrum, $1.spectrum) },
        ConsistencyMeasure(
            "cepstrum", "Mel cepstrum", unit: "−dB",
            "Minus the RMS difference of the mean mel-frequency cepstral coefficients 1 to 19 of 128 mel bands.",
            source: "Davis and Mermelstein, 1980; as librosa.feature.mfcc"
        ) { Similarity.closeness($0.cepstrum, $1.cepstrum) },
    ]
}
