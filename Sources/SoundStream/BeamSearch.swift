import Tensors

/// The best few paths through the levels of a residual quantiser, for several frames side by side.
struct BeamSearch {
    /// What each path leaves over: `[frames · paths, dimension]`, each frame's best path first.
    private(set) var residuals: Tensor
    /// For each level the steps of all paths, frame by frame.
    private var steps: [[Step]] = []
    /// Paths of a frame.
    private var paths = 1
    private let frames: Int
    private let beams: Int

    /// - Parameter targets: what the paths are to add up to, `[frames, dimension]`.
    init(_ targets: Tensor, beams: Int) {
        residuals = targets
        frames = targets.rows
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
        let scores = scorer.bounds(residuals, on: pool)
        let (dimension, codes) = (residuals.columns, scores.columns)
        let kept = min(beams, paths * codes)
        var chosen: [Step] = []
        chosen.reserveCapacity(frames * kept)
        var next = Tensor(uninitialized: [frames * kept, dimension])
        next.withMutablePointer { next in
            residuals.withPointer { residuals in
                scores.withPointer { scores in
                    var choice = StepChoice(keeping: kept)
                    for frame in 0..<frames {
                        let residuals = residuals + frame * paths * dimension
                        let best = choice.best(
                            of: scores + frame * paths * codes, codes: codes,
                            energies: (0..<paths).map { squaredLength(residuals + $0 * dimension, dimension) }
                        ) {
                            squaredDistance(residuals + $0 * dimension, codebook + $1 * dimension, dimension)
                        }
                        for step in best {
                            let from = residuals + step.origin * dimension
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
        paths = kept
        steps.append(chosen)
    }

    /// The sum of squares, in sixteen partial sums.
    private func squaredLength(_ x: UnsafePointer<Float>, _ count: Int) -> Float {
        var sums = SIMD16<Float>.zero
        let whole = count / 16 * 16
        for start in stride(from: 0, to: whole, by: 16) {
            let values = UnsafeRawPointer(x + start).loadUnaligned(as: SIMD16<Float>.self)
            sums += values * values
        }
        return (whole..<count).reduce(sums.sum()) { $0 + x[$1] * x[$1] }
    }

    /// The same of a difference.
    private func squaredDistance(_ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ count: Int) -> Float
    {
        var sums = SIMD16<Float>.zero
        let whole = count / 16 * 16
        for start in stride(from: 0, to: whole, by: 16) {
            let difference =
                UnsafeRawPointer(x + start).loadUnaligned(as: SIMD16<Float>.self)
                - UnsafeRawPointer(y + start).loadUnaligned(as: SIMD16<Float>.self)
            sums += difference * difference
        }
        return (whole..<count).reduce(sums.sum()) { $0 + (x[$1] - y[$1]) * (x[$1] - y[$1]) }
    }
}
