import Foundation
import TestSupport

/// What librosa, mir_eval, NumPy and SciPy make of the test sounds.
struct Expected: Decodable {
    struct SoundCase: Decodable {
        let notes: [Note]
        let level: Double
        let dynamics: Double
        let onsets: [Double]
        let onsetF: Double
        let tempo: Double
        let pitchClasses: [Float]
        let librosaChroma: [Float]
        let spectrum: [Float]
        let mfcc: [Float]
        let stftFrame100: [Float]
        let repeats: Int
    }

    struct Statistics: Decodable {
        struct Test: Decodable {
            let differences: [Double]
            let p: Double
            let tolerance: Double
        }
        struct Distributions: Decodable {
            let a: [Double]
            let b: [Double]
            let distance: Double
        }
        struct Resampled: Decodable {
            let values: [Double]
            let low: Double
            let high: Double
        }
        let wilcoxon: [Test]
        let wasserstein: Distributions
        let bootstrap: Resampled
    }

    struct Distances: Decodable {
        let a: [[Float]]
        let b: [[Float]]
        let frechet: Double
        let kernel: Double
    }

    let seconds: Double
    let sounds: [SoundCase]
    let statistics: Statistics
    let distances: Distances

    static func read() throws -> Expected {
        let file = URL(filePath: Fixtures.path("comparison/expected.json"))
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Expected.self, from: Data(contentsOf: file))
    }
}
