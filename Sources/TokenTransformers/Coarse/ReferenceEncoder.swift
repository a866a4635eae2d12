import NeuralLayers
import Tensors

/// How a prompt sounds, in whatever order: one vector that every step of the coarse stage knows, however long ago
/// the prompt was heard. A reference encoder as in Skerry-Ryan et al. 2018, over codes.
struct ReferenceEncoder: Sendable {
    private let norm: RMSNorm
    private let hidden: Linear
    private let projection: Linear

    init(_ width: Int, from weights: WeightScope) throws {
        norm = try RMSNorm(width, from: weights["reference_norm"])
        hidden = try Linear(width, width, bias: false, from: weights["reference_hidden"])
        projection = try Linear(width, width, bias: false, from: weights["reference_projection"])
    }

    /// The sums of the frames' code vectors `[frames, width]`, one frame at least, to `[1, width]`.
    func callAsFunction(_ frames: Tensor, on pool: WorkerPool) -> Tensor {
        var x = hidden(norm(frames), on: pool)
        x.silu()
        return projection(x.meanOfRows(), on: pool)
    }
}
