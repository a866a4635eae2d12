import Foundation
import Tensors
import TestSupport
import Testing

@testable import Comparison

/// The features against librosa, mir_eval and NumPy, and against what is known of sounds.
@Suite struct FeatureTests {
    private let extract = FeatureExtractor()

    @Test func independentImplementationsAgree() throws {
        let expected = try Expected.read()
        for one in expected.sounds {
            let sound = played(one.notes, seconds: expected.seconds)
            let found = extract(sound)
            #expect(abs(found.level - one.level) < 1e-3)
            #expect(abs(found.dynamics - one.dynamics) < 1e-2)
            #expect(found.onsets == one.onsets)
            expectClose(
                found.pitchClasses, one.pitchClasses, absolute: 1e-4, relative: 1e-3, "pitch classes")
            expectClose(found.spectrum, one.spectrum, absolute: 0.02, relative: 1e-3, "spectrum")
            expectClose(found.cepstrum, one.mfcc, absolute: 0.1, relative: 1e-2, "cepstrum")
            let spectra = Spectrogram(window: 2048, hop: 480)(sound)
            expectClose(
                Array(spectra.rows(100..<101).elements[..<80]), one.stftFrame100, absolute: 1e-5,
                "spectrogram")
            #expect(RepetitionFinder()(sound).repeats == one.repeats)
            #expect(Similarity.correlation(found.pitchClasses, one.librosaChroma) > 0.9)
            #expect(abs(fMeasure(found.onsets, one.notes.map(\.onset)) - one.onsetF) < 1e-6)
        }
    }

    @Test func tempoIsThatOfLibrosaUpToOctaves() throws {
        let expected = try Expected.read()
        for one in expected.sounds {
            let tempo = try #require(extract(played(one.notes, seconds: expected.seconds)).tempo)
            #expect(Similarity.tempo(tempo, one.tempo) > -0.06, "\(tempo), expected \(one.tempo)")
        }
    }

    @Test func transposingChangesPitchClassesAndNotDensity() {
        let (original, transposed) = (
            extract(melody(root: 60, perSecond: 3, seconds: 8)),
            extract(melody(root: 63, perSecond: 3, seconds: 8))
        )
        #expect(Similarity.correlation(original.pitchClasses, transposed.pitchClasses) < 0.5)
        #expect(abs(Similarity.ratio(original.density, transposed.density)) < 0.1)
        #expect(Similarity.tempo(original.tempo, transposed.tempo) > -0.02)
    }

    @Test func aCopyIsAsNearAsCanBe() {
        let sound = extract(melody(root: 60, perSecond: 4, seconds: 6))
        for one in ConsistencyMeasure.all {
            let best = one.measure.id == "pitch_classes" ? 1.0 : 0
            #expect(abs(one.similarity(sound, sound) - best) < 1e-6, "\(one.measure.id)")
        }
    }

    @Test func onlyTheLevelHearsTheLevel() {
        let loud = melody(root: 60, perSecond: 4, seconds: 6)
        let (a, b) = (extract(loud), extract(loud.map { $0 * 0.25 }))
        #expect(abs(a.level - b.level - 12.04) < 0.01)
        #expect(a.onsets == b.onsets)
        for one in ConsistencyMeasure.all where one.measure.id != "loudness" && one.measure.id != "dynamics" {
            #expect(abs(one.similarity(a, b) - one.similarity(a, a)) < 1e-3, "\(one.measure.id)")
        }
    }

    @Test func silenceAndShortSoundsAreMeasured() {
        let silent = extract([Float](repeating: 0, count: Sound.samples(3)))
        #expect(silent.level == -80 && silent.onsets.isEmpty && silent.tempo == nil && silent.dynamics == 0)
        #expect(Levels.longestSilence([Float](repeating: 0, count: Sound.samples(3))) == 3)
        #expect(extract([0.1, -0.1]).seconds < 1e-3)
        for one in ConsistencyMeasure.all {
            #expect(one.similarity(silent, extract(melody(root: 60, perSecond: 2, seconds: 3))).isFinite)
        }
    }

    /// As `mir_eval.onset.f_measure`: matches within 50 ms, each onset once.
    private func fMeasure(_ found: [Double], _ expected: [Double]) -> Double {
        var free = found
        var matches = 0
        for onset in expected {
            guard let place = free.firstIndex(where: { abs($0 - onset) <= 0.05 }) else { continue }
            free.remove(at: place)
            matches += 1
        }
        return 2 * Double(matches) / Double(found.count + expected.count)
    }
}
