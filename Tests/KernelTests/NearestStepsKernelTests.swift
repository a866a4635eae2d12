import CKernels
import Tensors
import TestSupport
import Testing

/// The search that bounds cut short finds what looking at every step finds.
@Suite struct NearestStepsKernelTests {
    /// Paths, codes and what bounds say of them, some codes twice.
    private struct Case {
        let paths: Int
        let codes: Int
        let dimension = 21
        let residuals: [Float]
        let codebook: [Float]
        let energies: [Float]
        let bounds: [Float]
        private let maxima: [Float]

        /// - Parameter slack: by how much bounds exceed what they bound, at most.
        init(paths: Int, codes: Int, slack: Float) {
            let (count, width) = (codes, dimension)
            var random = SeededGenerator(seed: UInt64(paths * 1000 + codes))
            var codebook = random.normals(count * width)
            for i in 0..<width where count > 2 { codebook[(count - 1) * width + i] = codebook[width + i] }
            let residuals = random.normals(paths * width, scale: 1.5)
            func product(_ a: ArraySlice<Float>, _ b: ArraySlice<Float>) -> Float {
                zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
            }
            (self.paths, self.codes, self.residuals, self.codebook) = (paths, codes, residuals, codebook)
            let rows = (0..<paths).map { residuals[$0 * width..<($0 + 1) * width] }
            energies = rows.map { product($0, $0) }
            let bounds = rows.flatMap { row in
                (0..<count).map { code in
                    let vector = codebook[code * width..<(code + 1) * width]
                    let exact = product(row, vector) - product(vector, vector) / 2
                    return exact + 1e-4 + slack * Float(random.nextUniform())
                }
            }
            self.bounds = bounds
            let groups = (count + 63) / 64 * 16
            var maxima = [Float](repeating: -.infinity, count: paths * groups)
            for path in 0..<paths {
                for code in 0..<count {
                    let group = path * groups + code / 64 * 16 + code % 16
                    maxima[group] = max(maxima[group], bounds[path * count + code])
                }
            }
            self.maxima = maxima
        }

        func nearest(_ kernels: audiolm_kernels, keeping kept: Int) -> [[Float]] {
            var steps = [audiolm_step](repeating: audiolm_step(error: -1, origin: 99, code: 99), count: kept)
            steps.withUnsafeMutableBufferPointer { steps in
                maxima.withUnsafeBufferPointer { maxima in
                    bounds.withUnsafeBufferPointer { bounds in
                        energies.withUnsafeBufferPointer { energies in
                            residuals.withUnsafeBufferPointer { residuals in
                                codebook.withUnsafeBufferPointer { codebook in
                                    var task = audiolm_step_choice(
                                        bounds: bounds.baseAddress!, maxima: maxima.baseAddress!,
                                        energies: energies.baseAddress!, residuals: residuals.baseAddress!,
                                        codebook: codebook.baseAddress!, paths: paths, codes: codes,
                                        dimension: dimension, kept: kept, steps: steps.baseAddress!)
                                    kernels.nearest_steps(&task)
                                }
                            }
                        }
                    }
                }
            }
            return steps.map { [$0.error, Float($0.origin), Float($0.code)] }
        }
    }

    @Test(arguments: KernelVariant.available, [1, 5, 16, 40, 256, 300, 1024])
    func stepsAreThoseOfTheReference(variant: KernelVariant, codes: Int) {
        for paths in [1, 3, 4] {
            for slack: Float in [0, 1, 100] {
                let steps = Case(paths: paths, codes: codes, slack: slack)
                // Encoding by one and two levels keeps more than a vector holds.
                for kept in [1, 4, 16, 24, 48] {
                    #expect(
                        steps.nearest(variant.kernels, keeping: kept)
                            == steps.nearest(KernelVariant.reference, keeping: kept),
                        "\(paths) paths, \(kept) kept, slack \(slack)")
                }
            }
        }
    }

    @Test func referenceStepsAreTheNearest() {
        let steps = Case(paths: 2, codes: 30, slack: 0)
        var all: [[Float]] = []
        for path in 0..<2 {
            for code in 0..<30 {
                let error = (0..<steps.dimension).reduce(Float(0)) {
                    let rest =
                        steps.residuals[path * steps.dimension + $1]
                        - steps.codebook[code * steps.dimension + $1]
                    return $0 + rest * rest
                }
                all.append([error, Float(path), Float(code)])
            }
        }
        all.sort { $0[0] < $1[0] }
        let found = steps.nearest(KernelVariant.reference, keeping: 5)
        for (step, expected) in zip(found, all) {
            #expect(step[1...] == expected[1...])
            #expect(abs(step[0] - expected[0]) < 1e-3)
        }
        // Fewer than are kept: the rest is infinite. Of equals the earlier code comes first.
        let few = Case(paths: 1, codes: 3, slack: 0).nearest(KernelVariant.reference, keeping: 5)
        #expect(few.map { $0[0].isInfinite } == [false, false, false, true, true])
        let twins = few.filter { $0[2] != 0 }.prefix(2).map { $0[2] }
        #expect(twins == [1, 2])
    }
}
