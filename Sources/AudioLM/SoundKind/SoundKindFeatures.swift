import Foundation

/// What tells piano from speech and both from all else: statistics of a snippet's spectra.
///
/// But for a floor at −110 dB they do not know its level. The same as `sound_kind_features.py` computes, in the
/// same order.
enum SoundKindFeatures {
    static let sampleRate = 24_000
    static let count: Int = {
        let bands = SoundKindSpectra.bands
        return 3 * bands + bands / group + 3 + levelLags.count + 1 + peakLags.count
    }()
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
        let quietest: Double = (spectra.levels.max() ?? 0) - activeRange
        let active: [Bool] = spectra.levels.map { $0 > quietest }
        let clipped: [Double] = spectra.levels.map { max($0, quietest) }
        var features: [Double] = shapes(spectra, active)
        features += changes(spectra, active)
        features += levels(spectra.levels, active)
        features += selfSimilarity(clipped)
        features += partials(spectra, active)
        return features
    }

    /// Mean and deviation of each band beside its frame's level.
    private static func shapes(_ spectra: SoundKindSpectra, _ active: [Bool]) -> [Double] {
        var columns = [[Double]](repeating: [], count: SoundKindSpectra.bands)
        for frame in active.indices where active[frame] {
            for band in columns.indices {
                columns[band].append(spectra.logBands[frame][band] - spectra.levels[frame])
            }
        }
        return columns.map(mean) + columns.map(deviation)
    }

    /// Mean size of each band's steps from frame to frame, and how much of their squares are rises.
    private static func changes(_ spectra: SoundKindSpectra, _ active: [Bool]) -> [Double] {
        let groups = SoundKindSpectra.bands / group
        var sizes = [Double](repeating: 0, count: SoundKindSpectra.bands)
        var squares = [Double](repeating: 0, count: groups)
        var rises = squares
        let frames = active.indices.dropFirst().filter { active[$0] }
        for frame in frames {
            for band in sizes.indices {
                let step = spectra.logBands[frame][band] - spectra.logBands[frame - 1][band]
                sizes[band] += abs(step) / Double(frames.count)
                squares[band / group] += step * step
                if step > 0 { rises[band / group] += step * step }
            }
        }
        return sizes + zip(rises, squares).map { $0 / ($1 + 1e-6) }
    }

    /// Share of frames that sound, and how their level varies.
    private static func levels(_ levels: [Double], _ active: [Bool]) -> [Double] {
        let sounding: [Double] = levels.indices.filter { active[$0] }.map { levels[$0] }
        let steps: [Double] = zip(levels.dropFirst(), levels).map { abs($0 - $1) }
        return [Double(sounding.count) / Double(levels.count), deviation(sounding), mean(steps)]
    }

    /// Correlation of the level with itself some frames later.
    private static func selfSimilarity(_ levels: [Double]) -> [Double] {
        let middle = mean(levels)
        let centred: [Double] = levels.map { $0 - middle }
        let variance = product(centred, centred) / Double(centred.count) + 1e-6
        return levelLags.map { lag in
            guard centred.count > lag else { return 0 }
            return product(Array(centred.dropFirst(lag)), centred) / Double(centred.count - lag) / variance
        }
    }

    /// How far the spectra's peaks stand out, and how alike they are some frames later.
    private static func partials(_ spectra: SoundKindSpectra, _ active: [Bool]) -> [Double] {
        let rows: [[Double]] = (0..<spectra.frames).map { peaks(spectra, frame: $0) }
        let norms: [Double] = rows.map { product($0, $0).squareRoot() + 1e-6 }
        let heights: [Double] = rows.indices.filter { active[$0] }.map { mean(rows[$0]) }
        return [mean(heights)]
            + peakLags.map { lag in
                var alike: [Double] = []
                for frame in rows.indices.dropFirst(lag) where active[frame] && active[frame - lag] {
                    let norm = norms[frame] * norms[frame - lag]
                    alike.append(product(rows[frame], rows[frame - lag]) / norm)
                }
                return mean(alike)
            }
    }

    /// Logarithmic spectrum above the mean of its surroundings, 0 where it is below. [peakBins]
    private static func peaks(_ spectra: SoundKindSpectra, frame: Int) -> [Double] {
        let first = frame * spectra.bins
        let logs: [Double] = peakBins.map { log(Double(spectra.powers[first + $0]) + spectra.floor / 10) }
        let last = logs.count - 1
        var sum = 0.0
        for bin in -peakReach...peakReach { sum += logs[min(max(bin, 0), last)] }
        var peaks: [Double] = []
        for bin in logs.indices {
            peaks.append(max(0, logs[bin] - sum / Double(2 * peakReach + 1)))
            sum += logs[min(bin + peakReach + 1, last)] - logs[max(bin - peakReach, 0)]
        }
        return peaks
    }

    /// Sum of products over the shorter of the two.
    private static func product(_ a: [Double], _ b: [Double]) -> Double {
        var sum = 0.0
        for index in 0..<min(a.count, b.count) { sum += a[index] * b[index] }
        return sum
    }

    private static func mean(_ values: [Double]) -> Double {
        values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
    }

    private static func deviation(_ values: [Double]) -> Double {
        let middle = mean(values)
        let distances: [Double] = values.map { $0 - middle }
        return mean(distances.map { $0 * $0 }).squareRoot()
    }
}
