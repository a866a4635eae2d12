import Tensors

/// The best few paths through the levels of a residual quantiser, for one frame.
struct BeamSearch {
    /// What each path leaves over: `[paths, dimension]`, best path first.
    private(set) var residuals: Tensor
    /// The codes of each path so far.
    private var paths: [[Int]] = [[]]
    private let beams: Int

    init(target: UnsafeBufferPointer<Float>, beams: Int) {
        residuals = Tensor([1, target.count], target)
        self.beams = beams
    }

    /// The codes of the best path.
    var best: [Int] { paths[0] }

    /// One step of a path: from which path, by which code, and the squared length of what is then left over.
    private struct Step {
        var error: Float
        var origin: Int
        var code: Int
    }

    /// Extends all paths by one level and keeps the best.
    /// - Parameters:
    ///   - scores: `[paths, codes]`, residual · code − |code|² / 2.
    ///   - codebook: the level's vectors, `[codes, dimension]`.
    mutating func extend(scores: Tensor, codebook: UnsafePointer<Float>) {
        let steps = bestSteps(scores)
        let dimension = residuals.columns
        var next = Tensor(uninitialized: [steps.count, dimension])
        next.withMutablePointer { next in
            residuals.withPointer { residuals in
                for (row, step) in steps.enumerated() {
                    let vector = codebook + step.code * dimension
                    let origin = residuals + step.origin * dimension
                    for i in 0..<dimension { next[row * dimension + i] = origin[i] - vector[i] }
                }
            }
        }
        paths = steps.map { paths[$0.origin] + [$0.code] }
        residuals = next
    }

    /// The `beams` steps of least error, least first; of equal errors the earlier path and code.
    private func bestSteps(_ scores: Tensor) -> [Step] {
        let codes = scores.columns
        var kept: [Step] = []
        kept.reserveCapacity(beams + 1)
        var bound = Float.infinity
        scores.withPointer { scores in
            for (origin, energy) in energies.enumerated() {
                let scores = scores + origin * codes
                for code in 0..<codes {
                    let error = energy - 2 * scores[code]
                    guard error < bound || kept.count < beams else { continue }
                    var place = kept.count
                    while place > 0, error < kept[place - 1].error { place -= 1 }
                    kept.insert(Step(error: error, origin: origin, code: code), at: place)
                    if kept.count > beams { kept.removeLast() }
                    if kept.count == beams { bound = kept[beams - 1].error }
                }
            }
        }
        return kept
    }

    /// The squared length of each path's residual.
    private var energies: [Float] {
        let dimension = residuals.columns
        return residuals.withPointer { residuals in
            (0..<self.residuals.rows).map { row in
                (0..<dimension).reduce(Float(0)) {
                    $0 + residuals[row * dimension + $1] * residuals[row * dimension + $1]
                }
            }
        }
    }
}
