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
func played(_ notes: [Note], seconds: Double) -> [Float] {
    var sound = [Double](repeating: 0, count: Sound.samples(seconds))
    for note in notes {
        let first = Sound.samples(note.onset)
        let frequency = 440 * pow(2, Double(note.key - 69) / 12)
        for i in first..<max(first, sound.count) {
            let time = Double(i - first) / Double(Sound.sampleRate)
            let wave = (1...6).reduce(0.0) { $0 + sin(2 * .pi * frequency * Double($1) * time) / Double($1) }
            sound[i] += note.strength * exp(-3 * time) * wave
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
    return played(notes, seconds: seconds)
}
