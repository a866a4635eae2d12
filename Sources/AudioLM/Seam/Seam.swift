public import AudioFiles
import Foundation

/// Where a snippet ends and its continuation begins: what the models hear of the snippet, and how their mono sound
/// becomes sound of the snippet's own rate, channels and level that joins on without a click.
///
/// The snippet's samples are never touched. Its last tenth of a second is extrapolated beyond the seam, per channel,
/// and cross-faded into the continuation over 20 ms. An offset of a channel goes on as well, unheard by the models.
public struct Seam: Sendable {
    /// Peaks of the continuation are turned down to this, or to the snippet's own where those are higher.
    static let ceiling: Float = 0.98

    /// The snippet's sample rate.
    private let rate: Int
    /// The greatest magnitude of the snippet's end.
    private let peak: Float
    /// What each channel's samples lie about.
    private let offsets: [Float]
    private let modelRate: Int
    /// Factor from the snippet's level to the models'.
    private let modelGain: Float
    /// Factor from the reference to each channel, negative for one of opposite polarity.
    private let balance: [Float]
    /// What each channel's last sounds would ring on like, as long as the longest cross-fade.
    private let ringing: [[Float]]

    /// The end of the snippet as the models hear it: mono at their rate, its last sample the snippet's last.
    /// Very quiet and overloud recordings are brought to a usual level, which `continuation` takes back.
    public let prompt: [Float]

    /// - Parameters:
    ///   - tail: the end of the snippet, at least a second; all that the models shall hear.
    ///   - heardSeconds: how much of its end they do hear, if not all; the rest leads the codec up to it.
    ///   - modelRate: the models' sample rate.
    public init(after tail: AudioBuffer, heardSeconds: Double? = nil, modelRate: Int) throws {
        let offsets = tail.suffix(seconds: 1).channels.map(Self.mean(of:))
        let rate = tail.sampleRate
        self.rate = rate
        peak = tail.channels.reduce(0) { peak, channel in channel.reduce(peak) { max($0, abs($1)) } }
        let tail = AudioBuffer(
            channels: zip(tail.channels, offsets).map { samples, offset in samples.map { $0 - offset } },
            sampleRate: rate)
        self.offsets = offsets
        self.modelRate = modelRate
        let recent = tail.suffix(seconds: Self.recent)
        let cancelled = recent.loudestOfCancelling
        let reference = cancelled.map { recent.channels[$0] } ?? recent.mixedToMono()
        balance = recent.channels.map { Self.balance(of: $0, against: reference) }
        ringing = tail.channels.map {
            extrapolated($0.suffix(rate / 10), by: SeamStream.fade(at: rate), order: 256)
        }
        let mono = cancelled.map { tail.channels[$0] } ?? tail.mixedToMono()
        let heard = Int(min((heardSeconds ?? .infinity) * Double(rate), Double(mono.count)))
        let loudest = mono.suffix(heard).reduce(0) { max($0, abs($1)) }
        let gain = (0.1...1).contains(loudest) || loudest == 0 ? 1 : 0.5 / loudest
        modelGain = gain
        prompt = try AudioBuffer(mono: mono, sampleRate: rate).resampled(to: modelRate)
            .channels[0].map { $0 * gain }
    }

    /// The continuation in the snippet's own rate and channels, exactly `round(seconds × rate)` frames.
    ///
    /// - Parameter generated: mono samples at the models' rate that begin where the prompt ends.
    public func continuation(_ generated: [Float], seconds: Double) throws -> AudioBuffer {
        var stream = try stream(seconds: seconds)
        let (first, rest) = (try stream.append(generated), try stream.finish())
        return AudioBuffer(
            channels: zip(first.channels, rest.channels).map { $0 + $1 }, sampleRate: rate)
    }

    /// Seconds of the end that tell level and balance.
    private static let recent = 10.0
    /// Seconds; a year.
    private static let longest = 3.2e7

    /// The same for sound that comes piece by piece.
    ///
    /// - Parameter clips: whether what it goes to holds nothing beyond full scale.
    public func stream(seconds: Double, clips: Bool = false) throws -> SeamStream {
        guard (0...Self.longest).contains(seconds) else {
            throw ContinuationError("\(seconds) s of continuation, expected 0 to \(Self.longest)")
        }
        return try SeamStream(
            prompt: prompt, modelRate: modelRate, rate: rate, ringing: ringing,
            gains: balance.map { $0 / modelGain }, offsets: offsets, ceiling: ceiling(clips: clips),
            seconds: seconds)
    }

    /// A snippet that is louder goes on as loud: turned down, its last sounds would break off at the seam.
    private func ceiling(clips: Bool) -> Float {
        max(Self.ceiling, clips ? min(peak, 1) : peak)
    }

    private static func mean(of samples: [Float]) -> Float {
        Float(samples.reduce(0.0) { $0 + Double($1) } / Double(max(samples.count, 1)))
    }

    /// How much louder `channel` is than `reference`.
    private static func balance(of channel: [Float], against reference: [Float]) -> Float {
        let level = reference.rootMeanSquare
        guard level > 0 else { return 1 }
        let ratio = channel.rootMeanSquare / level
        let product = zip(channel, reference).reduce(0.0) { $0 + Double($1.0 * $1.1) }
        let correlation = product / (Double(channel.count) * Double(ratio * level * level) + 1e-30)
        return correlation < -0.5 ? -ratio : ratio
    }
}
