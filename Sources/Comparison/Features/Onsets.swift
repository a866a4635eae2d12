import Foundation
import Tensors

/// Where notes and chords set in: peaks of the spectral flux (Böck and Widmer, "Maximum filter vibrato suppression for
/// onset detection", 2013).
struct OnsetDetector: Sendable {
    /// Frames of the flux per second.
    static let rate = 100
    private static let window = 2048
    /// Least height of a peak above 1.2 times its neighbourhood's mean.
    private static let rise: Float = 0.02

    private let spectrogram = Spectrogram(window: window, hop: Sound.sampleRate / rate)
    private let filters = FilterBank.logarithmic(window: window, from: 50, to: 8000, perOctave: 24)

    /// How much the bands of the spectrum rise, 100 times a second: `[frames]`.
    func flux(_ sound: [Float]) -> [Float] {
        var bands = filters(spectrogram(Sound.normalised(sound)))
        let (frames, width) = (bands.rows, bands.columns)
        var flux = [Float](repeating: 0, count: frames)
        bands.withMutablePointer { bands in
            for i in 0..<frames * width { bands[i] = log10(1 + 1000 * bands[i]) }
            for frame in 2..<max(2, frames) {
                let now = bands + frame * width
                let before = bands + (frame - 2) * width
                var sum: Float = 0
                for band in 0..<width {
                    var highest = before[band]
                    if band > 0 { highest = max(highest, before[band - 1]) }
                    if band + 1 < width { highest = max(highest, before[band + 1]) }
                    sum += max(0, now[band] - highest)
                }
                flux[frame] = sum / Float(width)
            }
        }
        return flux
    }

    /// Seconds of all peaks of a flux. Notes less than 30 ms apart count once.
    static func times(_ flux: [Float]) -> [Double] {
        let highest = Running.maximum(flux, width: 7)
        let mean = Running.mean(flux, width: 21)
        return flux.indices.filter { flux[$0] == highest[$0] && flux[$0] > 1.2 * mean[$0] + rise }
            .map { Double($0) / Double(rate) }
    }
}
