import AudioFiles
import Foundation

/// One system's sound of a prompt as the page holds it.
struct SoundLane: Encodable {
    let system: String
    /// From 1 where there are several, else 0.
    let variation: Int
    let seconds: Double
    /// Where the continuation begins, in seconds.
    let seam: Double
    let bands: Int
    let mel: Data
    let chroma: Data
    let sound: Data
    let type: String
}

/// All systems' sounds of a prompt.
struct PromptSounds: Encodable {
    let prompt: String
    let lanes: [SoundLane]
}

/// Makes the sounds and pictures that the page holds.
struct SoundLaneMaker {
    /// Seconds of the prompt's end that are heard before the continuation.
    private static let lead = 5.0

    private let picture = SoundPicture()
    private let plan: ComparisonPlan

    init(_ plan: ComparisonPlan) {
        self.plan = plan
    }

    func callAsFunction(_ prompt: Prompt) throws -> PromptSounds {
        let sound = try PromptSound(contentsOf: prompt.file)
        let lanes = try plan.systems.flatMap { system in
            let sources = system.continuations[prompt.name] ?? []
            return try sources.enumerated().map { index, source in
                try lane(
                    system.name, variation: sources.count > 1 ? index + 1 : 0,
                    JoinedSound(sound, source, seconds: plan.seconds, model: plan.model))
            }
        }
        return PromptSounds(prompt: prompt.name, lanes: lanes)
    }

    private func lane(_ system: String, variation: Int, _ joined: JoinedSound) throws -> SoundLane {
        let first = max(0, joined.seam - Sound.samples(Self.lead))
        let samples = Array(joined.samples[first...])
        return SoundLane(
            system: system, variation: variation, seconds: Double(samples.count) / Double(Sound.sampleRate),
            seam: Double(joined.seam - first) / Double(Sound.sampleRate), bands: SoundPicture.bands,
            mel: picture.mel(samples), chroma: picture.chroma(samples),
            sound: try AudioBuffer(mono: samples, sampleRate: Sound.sampleRate).encoded(as: .mp3),
            type: "audio/mpeg")
    }
}
