import Tensors

/// The best few paths through the levels of a residual quantiser, for several frames side by side.
struct BeamSearch {
    /// What each path leaves over: `[frames · paths, dimension]`, each frame's best path first.
    private(set) var residuals: Tensor
    /// The squared lengths of these.
    private var energies: [Float]
    /// For each level the steps of all paths, frame by frame.
    private var steps: [[Step]] = []
    /// Paths of a frame.
    private var paths = 1
    private let frames: Int
    private let beams: Int

    /// - Parameter targets: what the paths are to add up to, `[frames, dimension]`.
    init(_ targets: Tensor, beams: Int) {
        let rows = targets.rows
        residuals = targets
        frames = rows
        let silence = [Float](repeating: 0, count: targets.columns)
        energies = targets.withPointer { targets in
            (0..<rows).map { Distances.squared(targets + $0 * silence.count, silence, silence.count) }
        }
        self.beams = beams
    }

    /// The codes of the best path of each frame, `[frames, levels]`.
    var best: [Int] {
        var codes = [Int](repeating: 0, count: frames * steps.count)
        for frame in 0..<frames {
            var path = 0
            for level in steps.indices.reversed() {
                let step = steps[level][frame * (steps[level].count / frames) + path]
                codes[frame * steps.count + level] = step.code
                path = step.origin
            }
        }
        return codes
    }

    /// Extends all paths by one level and keeps the best.
    /// - Parameters:
    ///   - scorer: residual · code − |code|² / 2 of each code.
    ///   - codebook: the level's vectors, `[codes, dimension]`.
    mutating func extend(bounding scorer: BoundingMatrix, codebook: UnsafePointer<Float>, on pool: WorkerPool)
    {
        let bounds = scorer.bounds(residuals, on: pool)
        let (dimension, codes) = (residuals.columns, bounds.values.columns)
        let kept = min(beams, paths * codes)
        var choice = StepChoice(keeping: kept, ofPaths: paths, codes: codes)
        var chosen: [Step] = []
        chosen.reserveCapacity(frames * kept)
        var next = Tensor(uninitialized: [frames * kept, dimension])
        next.withMutablePointer { next in
            residuals.withPointer { residuals in
                energies.withUnsafeBufferPointer { energies in
                    guard let energies = energies.baseAddress else { return }
                    for first in stride(from: 0, to: frames * paths, by: paths) {
                        let best = choice.best(
                            residuals: residuals + first * dimension, energies: energies + first,
                            codebook: codebook, dimension: dimension, bounds: bounds, from: first)
                        for step in best {
                            let from = residuals + (first + step.origin) * dimension
                            let vector = codebook + step.code * dimension
                            let target = next + chosen.count * dimension
                            for i in 0..<dimension { target[i] = from[i] - vector[i] }
                            chosen.append(step)
                        }
                    }
                }
            }
        }
        residuals = next
        energies = chosen.map(\.error)
        paths = kept
        steps.append(chosen)
    }
}
