import NeuralLayers
import Tensors

/// k-means on activations normalised per channel. Keys: `activation_mean`, `activation_deviation` [width],
/// `centroids` [clusters, width].
struct Clusters: Sendable {
    private let negativeMean: Tensor
    private let inverseDeviation: Tensor
    /// x · c − |c|² / 2, which is largest for the centroid nearest to x.
    private let nearness: PackedMatrix

    init(_ c: TokenizerConfiguration, from weights: WeightScope) throws {
        let width = c.activationWidth
        var mean = try weights.tensor("activation_mean", [width])
        mean.scale(by: -1)
        negativeMean = mean
        let deviation = try weights.tensor("activation_deviation", [width], in: .leastNormalMagnitude...)
        inverseDeviation = Tensor([width], deviation.elements.map { 1 / $0 })
        let centroids = try weights.tensor("centroids", [c.clusters, width])
        let elements = centroids.elements
        let bias = (0..<c.clusters).map { cluster in
            -0.5 * elements[cluster * width..<(cluster + 1) * width].reduce(0) { $0 + $1 * $1 }
        }
        nearness = PackedMatrix(centroids, bias: Tensor([c.clusters], bias))
    }

    /// [frames, width] → the nearest centroid of each frame, the first of equals.
    func nearest(_ activations: Tensor, on pool: WorkerPool) -> [Int] {
        var x = activations
        x.addToRows(negativeMean)
        x.scaleColumns(by: inverseDeviation)
        return nearness.apply(x, on: pool).argmaxOfRows()
    }
}
