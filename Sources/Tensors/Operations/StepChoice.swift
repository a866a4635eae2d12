internal import CKernels

/// One step of a path: the squared length of what it leaves over, the path it goes on from, and its code.
package struct Step: Sendable {
    package let error: Float
    package let origin: Int
    package let code: Int
}

/// The steps of a frame's paths that leave least over.
package struct StepChoice {
    private let paths: Int
    private let codes: Int
    private var kept: [audiolm_step]

    /// - Parameters:
    ///   - limit: how many steps are kept, 1 to `paths · codes`.
    ///   - paths: paths of a frame, each of which has `codes` steps to go on by.
    package init(keeping limit: Int, ofPaths paths: Int, codes: Int) {
        precondition(1...paths * codes ~= limit, "\(limit) of \(paths) paths' \(codes) steps")
        (self.paths, self.codes) = (paths, codes)
        kept = [audiolm_step](repeating: audiolm_step(), count: limit)
    }

    /// The steps of least error, best first; of equal ones those of the earlier path and code.
    /// - Parameters:
    ///   - residuals: what the paths leave over, `[paths, dimension]`.
    ///   - energies: its squared length, `[paths]`.
    ///   - codebook: the vectors of a step, `[codes, dimension]`.
    ///   - bounds: of residual · code − |code|² / 2, those of all frames' paths.
    ///   - first: the row of the frame's first path in `bounds`.
    package mutating func best(
        residuals: UnsafePointer<Float>, energies: UnsafePointer<Float>, codebook: UnsafePointer<Float>,
        dimension: Int, bounds: BoundingMatrix.Bounds, from first: Int
    ) -> [Step] {
        bounds.values.withPointer { values in
            bounds.maxima.withPointer { maxima in
                kept.withUnsafeMutableBufferPointer { kept in
                    guard let steps = kept.baseAddress else { return }
                    var task = audiolm_step_choice(
                        bounds: values + first * codes, maxima: maxima + first * bounds.maxima.columns,
                        energies: energies, residuals: residuals, codebook: codebook, paths: paths,
                        codes: codes, dimension: dimension, kept: kept.count, steps: steps)
                    kernels.pointee.nearest_steps(&task)
                }
            }
        }
        return kept.map { Step(error: $0.error, origin: Int($0.origin), code: Int($0.code)) }
    }
}
