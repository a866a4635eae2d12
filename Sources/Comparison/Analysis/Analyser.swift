import Foundation

/// Measures prompts and continuations. Immutable; share it freely.
struct Analyser: Sendable {
    private let extract = FeatureExtractor()
    private let seamMeter = SeamMeter()
    private let findRepetition = RepetitionFinder()

    func prompt(_ sound: [Float]) -> SoundFeatures { extract(sound) }

    /// - Parameter joined: the prompt, then its continuation.
    func continuation(_ joined: JoinedSound) -> ContinuationAnalysis {
        let sound = Array(joined.samples[joined.seam...])
        let (features, chroma) = extract.withChromagram(sound)
        let highest = max(chroma.max() ?? 0, .leastNormalMagnitude)
        return ContinuationAnalysis(
            features: features, windows: windows(sound), seam: seamMeter(joined.samples, seam: joined.seam),
            repetition: findRepetition(sound), longestSilence: Levels.longestSilence(sound),
            chromagram: Data(chroma.map { UInt8(($0 / highest * 255).rounded()) }),
            beginsWithPrompt: joined.cameJoined)
    }

    private func windows(_ sound: [Float]) -> [SoundFeatures] {
        let length = Sound.samples(ContinuationAnalysis.windowSeconds)
        return stride(from: 0, to: sound.count, by: length).compactMap { start in
            let end = min(start + length, sound.count)
            return 2 * (end - start) >= length ? extract(Array(sound[start..<end])) : nil
        }
    }
}
