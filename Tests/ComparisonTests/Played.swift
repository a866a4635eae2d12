import Foundation
import Testing

@testable import Comparison

/// A note of the test sounds; `Training/audiolm_training/fixtures/comparison.py` plays them by the same formula.
struct Note: Decodable {
    var onset: Double
    var key: Int
    var strength: Double
}

/// Six harmonics that decay, for each note: mono at 24 kHz.
/// - Parameter ringing: seconds after which a note is cut off.
func played(_ notes: [Note], seconds: Double, ringing: Double = .infinity) -> [Float] {
    var sound = [Double](repeating: 0, count: Sound.samples(seconds))
    let decay = exp(-3 / Double(Sound.sampleRate))
    for note in notes {
        let first = Sound.samples(note.onset)
        let end = min(sound.count, Sound.samples(min(seconds, note.onset + ringing)))
        let frequency = 440 * pow(2, Double(note.key - 69) / 12)
        for harmonic in 1...6 {
            let turn = 2 * .pi * frequency * Double(harmonic) / Double(Sound.sampleRate)
            let (c, s) = (decay * cos(turn), decay * sin(turn))
            var (x, y) = (note.strength / Double(harmonic), 0.0)
            for i in first..<max(first, end) {
                sound[i] += y
                (x, y) = (c * x - s * y, s * x + c * y)
            }
        }
    }
    return sound.map(Float.init)
}

/// A melody of `count` notes from a scale on `root`, a number of them per second.
func melody(root: Int, perSecond: Double, seconds: Double, seed: Int = 0) -> [Float] {
    let scale = [0, 2, 4, 7, 9, 12, 16, 7]
    let notes = (0..<Int(seconds * perSecond)).map { i in
        Note(
            onset: Double(i) / perSecond, key: root + scale[(i * (3 + seed) + seed + i / 5) % scale.count],
            strength: i % 4 == 0 ? 0.2 : 0.12)
    }
    return played(notes, seconds: seconds, ringing: 2)
}
