import Tensors

/// Modified discrete cosine transform with a sine window: orthonormal, 50 % overlap, perfect reconstruction.
///
/// Frame t sees samples `hop · (t − 1) ..< hop · (t + 1)`: it is complete when its last sample has arrived, and
/// after frame t the samples before `hop · t` can be synthesised.
struct MDCT: Sendable {
    let hop: Int
    /// Cosines [hop, 2 · hop], followed by sines (the MDST) in the next `hop` rows.
    private let analysis: PackedMatrix
    /// Transposed cosines [2 · hop, hop].
    private let synthesis: PackedMatrix

    init(hop: Int) {
        self.hop = hop
        var basis = Tensor(uninitialized: [2 * hop, 2 * hop])
        basis.withMutablePointer { basis in
            for sample in 0..<2 * hop {
                let position = Double(sample) + 0.5
                let window = sine(.pi / Double(2 * hop) * position) * (2 / Double(hop)).squareRoot()
                for bin in 0..<hop {
                    let phase = .pi / Double(hop) * (position + Double(hop) / 2) * (Double(bin) + 0.5)
                    basis[bin * 2 * hop + sample] = Float(window * cosine(phase))
                    basis[(hop + bin) * 2 * hop + sample] = Float(window * sine(phase))
                }
            }
        }
        analysis = PackedMatrix(basis)
        synthesis = PackedMatrix(basis.rows(0..<hop).transposed)
    }

    /// Samples `[hop · (frames + 1)]` → cosine and sine coefficients side by side `[frames, 2 · hop]`.
    func analyse(_ samples: Tensor, on pool: WorkerPool) -> Tensor {
        analysis.apply(samples, rows: max(samples.count / hop - 1, 0), stride: hop, on: pool)
    }

    /// Coefficients `[frames, hop]` → the frames' halves, windowed and to be overlapped `[frames, 2 · hop]`.
    func synthesise(_ coefficients: Tensor, on pool: WorkerPool) -> Tensor {
        synthesis.apply(coefficients, on: pool)
    }
}
