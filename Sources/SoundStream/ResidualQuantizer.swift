import NeuralLayers
import Tensors

/// Residual vector quantiser (SoundStream, arXiv 2107.03312, section III-C): each level codes what the levels
/// before it left over.
struct ResidualQuantizer: Sendable {
    let levels: Int
    let codebookSize: Int
    private let dimension: Int
    private let beams: Int
    /// "codebooks" [levels, codebookSize, dimension].
    private let codebooks: Tensor
    /// For each level bounds of the products with its vectors, minus half their squared lengths: largest for the nearest.
    private let scorers: [BoundingMatrix]

    init(_ c: CodecConfiguration, from weights: WeightScope) throws {
        (levels, codebookSize, dimension, beams) = (c.levels, c.codebookSize, c.latentDimension, c.beams)
        let shape = [c.codebookSize, c.latentDimension]
        let codebooks = try weights.tensor("codebooks", [c.levels] + shape)
        self.codebooks = codebooks
        scorers = (0..<c.levels).map { level in
            let codebook = codebooks.rows(level..<level + 1).reshaped(shape)
            return BoundingMatrix(codebook, bias: Self.negatedHalfSquares(codebook))
        }
    }

    private static func negatedHalfSquares(_ codebook: Tensor) -> Tensor {
        let width = codebook.columns
        return codebook.withPointer { vectors in
            Tensor(
                [codebook.rows],
                (0..<codebook.rows).map { row in
                    (0..<width).reduce(Float(0)) {
                        $0 - vectors[row * width + $1] * vectors[row * width + $1]
                    } / 2
                })
        }
    }

    /// Rows of a product for which the codebooks are read once, and whose scores a cache still holds.
    private static let rowsTogether = 32

    /// Latents `[frames, dimension]` → codes: for each frame the best of some paths through the first `levels` levels,
    /// `beams` of them for all levels and as many more as make the same work for fewer.
    func encode(_ latents: Tensor, levels: Int, on pool: WorkerPool) -> CodeFrames {
        let frames = latents.rows
        let beams = beams * self.levels / levels
        let together = max(Self.rowsTogether / beams, 1)
        var codes = [Int](repeating: 0, count: frames * levels)
        codes.withUnsafeMutableBufferPointer { codes in
            let codes = codes.baseAddress
            pool.run((frames + together - 1) / together) { group in
                let range = group * together..<min((group + 1) * together, frames)
                var search = BeamSearch(latents.rows(range), beams: beams)
                for level in 0..<levels { extend(&search, level, on: pool) }
                let best = search.best
                (codes.map { $0 + range.lowerBound * levels })?.update(from: best, count: best.count)
            }
        }
        return CodeFrames(levels: levels, codes: codes)
    }

    private func extend(_ search: inout BeamSearch, _ level: Int, on pool: WorkerPool) {
        codebooks.withPointer {
            search.extend(bounding: scorers[level], codebook: $0 + level * codebookSize * dimension, on: pool)
        }
    }

    /// Codes → latents `[frames, dimension]`: the sums of the chosen vectors, first level first.
    func decode(_ codes: CodeFrames) throws(CodecError) -> Tensor {
        guard codes.levels <= levels else { throw .levels(found: codes.levels, allowed: 1...levels) }
        if let index = codes.codes.firstIndex(where: { $0 < 0 || $0 >= codebookSize }) {
            let (frame, level) = index.quotientAndRemainder(dividingBy: codes.levels)
            throw .code(found: codes.codes[index], frame: frame, level: level, codebookSize: codebookSize)
        }
        var latents = Tensor([codes.count, dimension])
        latents.withMutablePointer { latents in
            codebooks.withPointer { codebooks in
                for (index, code) in codes.codes.enumerated() {
                    let (frame, level) = index.quotientAndRemainder(dividingBy: codes.levels)
                    let vector = codebooks + (level * codebookSize + code) * dimension
                    let target = latents + frame * dimension
                    for i in 0..<dimension { target[i] += vector[i] }
                }
            }
        }
        return latents
    }
}
