import Tensors
import TestSupport
import Testing

@testable import SoundStream

/// The search that passes over most codes finds what looking at all of them finds.
@Suite struct BeamSearchTests {
    private let levels = 4
    private let codes = 600
    private let dimension = 40
    private let frames = 7

    /// Codebooks whose vectors grow shorter from level to level, and differ in length by far.
    private func codebooks(_ random: inout SeededGenerator) -> [Tensor] {
        (0..<levels).map { level in
            var book = random.tensor([codes, dimension], scale: 1 / Float(1 << level))
            book.withMutablePointer { book in
                for code in 0..<codes {
                    let factor = 0.2 + 2 * random.nextUniform()
                    for i in 0..<dimension { book[code * dimension + i] *= factor }
                }
            }
            return book
        }
    }

    /// The best paths of one frame, all steps looked at, and what they leave over.
    private func exhaustive(_ target: [Float], _ books: [Tensor], beams: Int)
        -> [(codes: [Int], error: Float)]
    {
        var paths: [(codes: [Int], residual: [Float])] = [([], target)]
        for book in books {
            var steps: [(error: Float, path: Int, code: Int, residual: [Float])] = []
            for (number, path) in paths.enumerated() {
                for code in 0..<codes {
                    let residual = zip(path.residual, book.rows(code..<code + 1).elements).map { $0 - $1 }
                    steps.append((residual.reduce(0) { $0 + $1 * $1 }, number, code, residual))
                }
            }
            steps.sort { $0.error < $1.error }
            paths = steps.prefix(beams).map { (paths[$0.path].codes + [$0.code], $0.residual) }
        }
        return paths.map { ($0.codes, $0.residual.reduce(0) { $0 + $1 * $1 }) }
    }

    @Test(arguments: [1, 4, 8])
    func findsTheBestPaths(beams: Int) {
        var random = SeededGenerator(seed: 11)
        let books = codebooks(&random)
        let targets = random.tensor([frames, dimension], scale: 2)
        let pool = WorkerPool(threads: 1)
        var search = BeamSearch(targets, beams: beams)
        for book in books {
            let halves = (0..<codes).map { code in
                -book.rows(code..<code + 1).elements.reduce(0) { $0 + $1 * $1 } / 2
            }
            let scorer = BoundingMatrix(book, bias: Tensor([codes], halves))
            book.withPointer { search.extend(bounding: scorer, codebook: $0, on: pool) }
        }
        for frame in 0..<frames {
            let expected = exhaustive(targets.rows(frame..<frame + 1).elements, books, beams: beams)
            #expect(Array(search.best[frame * levels..<(frame + 1) * levels]) == expected[0].codes)
            for (place, path) in expected.enumerated() {
                let left = search.residuals.rows(frame * beams + place..<frame * beams + place + 1).elements
                let error = left.reduce(0) { $0 + $1 * $1 }
                #expect(abs(error - path.error) <= 1e-4 * path.error, "frame \(frame), path \(place)")
            }
        }
    }
}
