import Foundation
import Tensors

/// How much of a sound comes back as good as unchanged: a loop does, a pianist who plays a bar again does not.
package struct RepetitionMeasures: Codable, Sendable, Equatable {
    /// How often the most repeated 2 s come back, without overlap.
    package let repeats: Int
    /// Seconds of the longest stretch that comes back, without overlap; 0 where none of 2 s does.
    package let longestRepeat: Double
    /// Mean over all stretches of 2 s of the correlation with the most alike one at least 2 s away, −1 to 1.
    package let selfSimilarity: Double
}

/// Finds repetition by the correlation of 2 s stretches of logarithmic spectra (20 ms frames, the sound's mean spectrum
/// removed); stretches are the same from 0.9 on. Self-similarity: Foote, "Visualizing music and audio using
/// self-similarity", 1999.
struct RepetitionFinder: Sendable {
    private static let window = 2048
    private static let hop = 480
    private static let stretch = 2 * Sound.sampleRate / hop
    private static let same: Float = 0.9

    private let spectrogram = Spectrogram(window: window, hop: hop)
    private let filters = FilterBank.logarithmic(window: window, from: 60, to: 8000, perOctave: 8)

    func callAsFunction(_ sound: [Float]) -> RepetitionMeasures {
        let frames = centredFrames(sound)
        let starts = frames.rows - Self.stretch + 1
        guard starts > Self.stretch else {
            return RepetitionMeasures(repeats: 0, longestRepeat: 0, selfSimilarity: 0)
        }
        let energy = runningSums((0..<frames.rows).map { product(frames, $0, $0) })
        var later = [[Int]](repeating: [], count: starts)
        var nearest = [Float](repeating: -1, count: starts)
        var longest = 0
        for lag in Self.stretch..<starts {
            let along = runningSums((0..<frames.rows - lag).map { product(frames, $0, $0 + lag) })
            var run = 0
            for (start, value) in along.enumerated() {
                let scale = (energy[start] * energy[start + lag]).squareRoot()
                let correlation = value / (scale + 1e-9)
                nearest[start] = max(nearest[start], correlation)
                nearest[start + lag] = max(nearest[start + lag], correlation)
                let alike = value > Self.same * scale + 1e-9
                if alike { later[start].append(start + lag) }
                run = alike ? run + 1 : 0
                if run > 0 { longest = max(longest, min(run + Self.stretch - 1, lag)) }
            }
        }
        return RepetitionMeasures(
            repeats: later.map(Self.countApart).max() ?? 0,
            longestRepeat: Double(longest * Self.hop) / Double(Sound.sampleRate),
            selfSimilarity: Double(nearest.reduce(0, +)) / Double(starts))
    }

    /// `[frames, bands]`, the mean over time removed.
    private func centredFrames(_ sound: [Float]) -> Tensor {
        var frames = filters(spectrogram(Sound.normalised(sound)))
        let (rows, width) = (frames.rows, frames.columns)
        frames.withMutablePointer { values in
            var mean = [Float](repeating: 0, count: width)
            for i in 0..<rows * width {
                values[i] = log10(1 + 100 * values[i])
                mean[i % width] += values[i] / Float(rows)
            }
            for i in 0..<rows * width { values[i] -= mean[i % width] }
        }
        return frames
    }

    private func product(_ frames: Tensor, _ a: Int, _ b: Int) -> Float {
        let width = frames.columns
        return frames.withPointer { values in
            var sum = SIMD8<Float>.zero
            var rest: Float = 0
            let (left, right) = (values + a * width, values + b * width)
            for i in stride(from: 0, to: width - 7, by: 8) {
                sum +=
                    UnsafeRawPointer(left + i).loadUnaligned(as: SIMD8<Float>.self)
                    * UnsafeRawPointer(right + i).loadUnaligned(as: SIMD8<Float>.self)
            }
            for i in width / 8 * 8..<width { rest += left[i] * right[i] }
            return sum.sum() + rest
        }
    }

    /// The sum of every `stretch` consecutive values.
    private func runningSums(_ values: [Float]) -> [Float] {
        guard values.count >= Self.stretch else { return [] }
        var sum = values[0..<Self.stretch].reduce(0.0) { $0 + Double($1) }
        var sums = [Float(sum)]
        for i in Self.stretch..<values.count {
            sum += Double(values[i]) - Double(values[i - Self.stretch])
            sums.append(Float(sum))
        }
        return sums
    }

    /// How many of the ascending places, taken from the first on, lie at least a stretch apart.
    private static func countApart(_ places: [Int]) -> Int {
        var (count, free) = (0, 0)
        for place in places where place >= free { (count, free) = (count + 1, place + stretch) }
        return count
    }
}
