import AudioFiles
import Foundation

/// A prompt and its continuation as one sound: mono at 24 kHz.
struct JoinedSound: Sendable {
    let samples: [Float]
    /// Where the continuation begins.
    let seam: Int
    /// Whether the continuation's file held the prompt too.
    let cameJoined: Bool

    /// Seconds of a continuation below which nothing can be measured.
    static let shortest = 0.5

    /// - Parameters:
    ///   - seconds: as much of the continuation is taken at most.
    ///   - model: what codes or continues, where the source asks for that.
    init(
        _ prompt: PromptSound, _ source: ContinuationSource, seconds: Double,
        model: (any ComparisonModel)? = nil
    ) throws {
        switch source {
        case .coded(let url):
            let whole = try JoinedSound(prompt, .file(url), seconds: seconds)
            let coded = try Self.required(model, by: .codec).coded(whole.samples)
                .prefix(whole.samples.count)
            let missing = [Float](repeating: 0, count: whole.samples.count - coded.count)
            self.init(
                samples: whole.samples[..<whole.seam] + coded.dropFirst(whole.seam) + missing,
                seam: whole.seam,
                cameJoined: whole.cameJoined)
        case .acoustic:
            let sound = try Self.required(model, by: .acoustic)
                .acousticContinuation(of: prompt.samples, seconds: seconds)
            self.init(samples: prompt.samples + sound, seam: prompt.samples.count, cameJoined: false)
        case .ofAnother(let url, let own):
            let whole = try JoinedSound(PromptSound(contentsOf: own), .file(url), seconds: seconds)
            self.init(
                samples: prompt.samples + whole.samples[whole.seam...], seam: prompt.samples.count,
                cameJoined: false)
        case .promptLooped:
            let sound = prompt.samples
            let looped = (0..<Sound.samples(seconds)).map { sound[$0 % sound.count] }
            self.init(samples: sound + looped, seam: sound.count, cameJoined: false)
        case .file(let url):
            if let whole = try Self.beginning(with: prompt, url, seconds: seconds) {
                self = whole
                return
            }
            let sound = try SoundPiece(url, from: 0, seconds: seconds)
            guard sound.seconds >= Self.shortest else {
                throw AudioFileError.tooShort(
                    path: url.relativePath, seconds: sound.seconds, minimum: Self.shortest)
            }
            // Resampled as one where both have one rate, so that the filter adds nothing at the seam.
            let native = prompt.tail.sampleRate
            if sound.sampleRate == native {
                let joined = try AudioBuffer(
                    mono: prompt.tail.channels[0] + sound.samples, sampleRate: native
                ).resampled(to: Sound.sampleRate)
                self.init(samples: joined.channels[0], seam: prompt.samples.count, cameJoined: false)
            } else {
                self.init(
                    samples: try prompt.samples + sound.resampled(), seam: prompt.samples.count,
                    cameJoined: false)
            }
        }
    }

    private init(samples: [Float], seam: Int, cameJoined: Bool) {
        self.samples = samples
        self.seam = seam
        self.cameJoined = cameJoined
    }

    private static func required(
        _ model: (any ComparisonModel)?, by system: ReferenceSystem
    ) throws -> any ComparisonModel {
        guard let model else {
            throw ComparisonError(
                "the system \(system.rawValue) needs a bundle; name one with --model")
        }
        return model
    }

    /// The file's sound if its beginning is the prompt; nil if it is not. Throws where it is hardly more than that.
    private static func beginning(
        with prompt: PromptSound, _ url: URL, seconds: Double
    ) throws -> JoinedSound? {
        let tail = prompt.tail.seconds
        let piece = try SoundPiece(url, from: prompt.seconds - tail, seconds: tail + seconds)
        let samples = try piece.resampled()
        // Coders give back a little less than they were given.
        let common = min(samples.count, prompt.samples.count)
        guard common > prompt.samples.count - Sound.samples(0.1),
            Alike.sameRecording(Array(prompt.samples[..<common]), Array(samples[..<common]))
        else { return nil }
        guard samples.count >= prompt.samples.count + Sound.samples(shortest) else {
            let rest = Double(max(0, samples.count - prompt.samples.count)) / Double(Sound.sampleRate)
            throw ComparisonError(
                "\(url.relativePath) holds the prompt and \((rest * 100).rounded() / 100) s of continuation; "
                    + "give at least \(shortest) s of it")
        }
        return JoinedSound(samples: samples, seam: prompt.samples.count, cameJoined: true)
    }
}
