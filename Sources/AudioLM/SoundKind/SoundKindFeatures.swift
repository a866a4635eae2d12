import Foundation

/// What tells piano from speech and both from all else: statistics of a snippet's spectra, blind to its level.
///
/// The same as `sound_kind_features.py` computes, in the same order.
enum SoundKindFeatures {
    static let sampleRate = 24_000
    static let count = 3 * SoundKindSpectra.bands + SoundKindSpectra.bands / group + 3 + levelLags.count + 1
        + peakLags.count
    /// Samples of a long snippet's end that are judged.
    private static let longest = 20 * sampleRate
    /// Nepers of power under the loudest frame.
    private static let activeRange = 7.0
    /// Bands whose attacks are taken together.
    private static let group = 4
    private static let levelLags = [3, 6, 12, 25]
    private static let peakLags = [2, 5, 10]
    /// Bins in which partials are looked for, and how far their surroundings reach.
    private static let peakBins = 5..<512
    private static let peakReach = 8

    /// [count]; nil where the sound is too short.
    static func of(_ samples: [Float]) -> [Double]? {
        guard let spectra = SoundKindSpectra(samples.suffix(longest)) else { return nil }
        let loudest = spectra.levels.max() ?? 0
        let active = spectra.levels.map { $0 > loudest - activeRange }
        return shapes(spectra, active) + changes(spectra, active) + levels(spectra.levels, active)
            + selfSimilarity(spectra.levels.map { max($0, loudest - activeRange) }) + partials(spectra, active)
    }

    /// Mean and deviation of each band beside its frame's level.
    private static func shapes(_ spectra: SoundKindSpectra, _ active: [Bool]) -> [Double] {
        let rows = active.indices.filter { active[$0] }.map { frame in
            spectra.logBands[frame].map { $0 - spectra.levels[frame] }
        }
        let columns = (0..<SoundKindSpectra.bands).map { band in rows.map { $0[band] } }
        return columns.map(mean) + columns.map(deviation)
    }

    /// Mean size of each band's steps from frame to frame, and how much of their squares are rises.
    private static func changes(_ spectra: SoundKindSpectra, _ active: [Bool]) -> [Double] {
        let bands = 0..<SoundKindSpectra.bands
        var rows = active.indices.dropFirst().filter { active[$0] }.map { frame in
            bands.map { spectra.logBands[frame][$0] - spectra.logBands[frame - 1][$0] }
        }
        if rows.isEmpty { rows = [bands.map { _ in 0 }] }
        let sizes = bands.map { band in mean(rows.map { abs($0[band]) }) }
        let attacks = stride(from: 0, to: bands.count, by: group).map { first in
            let steps = rows.flatMap { $0[first..<first + group] }
            let rises = steps.reduce(0) { $0 + max($1, 0) * max($1, 0) }
            return rises / (steps.reduce(0) { $0 + $1 * $1 } + 1e-6)
        }
        return sizes + attacks
    }

    /// Share of frames that sound, and how their level varies.
    private static func levels(_ levels: [Double], _ active: [Bool]) -> [Double] {
        let share = Double(active.count { $0 }) / Double(active.count)
        let steps = zip(levels.dropFirst(), levels).map { abs($0 - $1) }
        return [share, deviation(levels.indices.filter { active[$0] }.map { levels[$0] }), mean(steps)]
    }

    /// Correlation of the level with itself some frames later.
    private static func selfSimilarity(_ levels: [Double]) -> [Double] {
        let middle = mean(levels)
        let centred = levels.map { $0 - middle }
        let variance = mean(centred.map { $0 * $0 }) + 1e-6
        return levelLags.map { lag in
            guard centred.count > lag else { return 0 }
            return mean(zip(centred.dropFirst(lag), centred).map { $0 * $1 }) / variance
        }
    }

    /// How far the spectra's peaks stand out, and how alike they are some frames later.
    private static func partials(_ spectra: SoundKindSpectra, _ active: [Bool]) -> [Double] {
        let peaks = (0..<spectra.frames).map { peaks(spectra, frame: $0) }
        let norms = peaks.map { ($0.reduce(0) { $0 + $1 * $1 }).squareRoot() + 1e-6 }
        let height = mean(peaks.indices.filter { active[$0] }.map { mean(peaks[$0]) })
        return [height]
            + peakLags.map { lag in
                mean(
                    peaks.indices.dropFirst(lag).filter { active[$0] && active[$0 - lag] }.map { frame in
                        let product = zip(peaks[frame], peaks[frame - lag]).reduce(0) { $0 + $1.0 * $1.1 }
                        return product / (norms[frame] * norms[frame - lag])
                    })
            }
    }

    /// Logarithmic spectrum above the mean of its surroundings, 0 where it is below. [peakBins]
    private static func peaks(_ spectra: SoundKindSpectra, frame: Int) -> [Double] {
        let logs = peakBins.map { log(Double(spectra.powers[frame * spectra.bins + $0]) + spectra.floor / 10) }
        let last = logs.count - 1
        var sum = (-peakReach...peakReach).reduce(0) { $0 + logs[min(max($1, 0), last)] }
        return logs.indices.map { bin in
            defer { sum += logs[min(bin + peakReach + 1, last)] - logs[max(bin - peakReach, 0)] }
            return max(0, logs[bin] - sum / Double(2 * peakReach + 1))
        }
    }

    private static func mean(_ values: [Double]) -> Double {
        values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
    }

    private static func deviation(_ values: [Double]) -> Double {
        let middle = mean(values)
        return mean(values.map { ($0 - middle) * ($0 - middle) }).squareRoot()
    }
}
