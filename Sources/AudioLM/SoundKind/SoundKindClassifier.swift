public import Foundation

/// Tells from a snippet which bundle it is for: a network of one hidden layer on `SoundKindFeatures`.
public struct SoundKindClassifier: Sendable {
    private let configuration: Configuration

    /// Samples per second of what it listens to.
    public static let sampleRate = SoundKindFeatures.sampleRate

    /// Reads a folder such as `Models/auto`; throws `BundleError`.
    public init(contentsOf folder: URL) throws {
        configuration = try ConfigurationFile.read(
            Configuration.self, in: folder, format: Configuration.currentFormat, modelType: "sound_kind")
        guard configuration.isConsistent else {
            throw BundleError.configuration(
                path: folder.appending(path: "config.json").relativePath,
                reason:
                    "expected a hidden layer over \(SoundKindFeatures.count) features and two or more kinds, in numbers up to a million"
            )
        }
    }

    /// - Parameter samples: mono at `sampleRate`; of long sound the end counts.
    public func kind(of samples: [Float]) -> SoundKind {
        guard let features = SoundKindFeatures.of(samples) else {
            return SoundKind(shares: [SoundKind.none: 1])
        }
        return SoundKind(shares: configuration.shares(features))
    }

    /// The folder's config.json.
    struct Configuration: Decodable {
        static let currentFormat = 1

        let kinds: [String]
        /// [features]
        let mean: [Double]
        let deviation: [Double]
        /// [hidden][features]
        let hiddenWeights: [[Double]]
        /// [hidden]
        let hiddenBias: [Double]
        /// [kinds][hidden]
        let weights: [[Double]]
        /// [kinds]
        let bias: [Double]

        private enum CodingKeys: String, CodingKey {
            case kinds, mean, deviation, weights, bias
            case hiddenWeights = "hidden_weights"
            case hiddenBias = "hidden_bias"
        }

        /// Of any number; what follows from such ones are numbers.
        private static let largest = 1e6

        var isConsistent: Bool {
            let count = SoundKindFeatures.count
            let numbers = [mean, deviation, hiddenBias, bias] + hiddenWeights + weights
            return numbers.joined().allSatisfy { abs($0) <= Self.largest } && kinds.count >= 2
                && Set(kinds).count == kinds.count && mean.count == count
                && deviation.count == count && deviation.allSatisfy { $0 >= 1 / Self.largest }
                && hiddenWeights.count == hiddenBias.count && hiddenWeights.allSatisfy { $0.count == count }
                && weights.count == kinds.count && bias.count == kinds.count
                && weights.allSatisfy { $0.count == hiddenBias.count }
        }

        /// Softmax over the kinds. features [features]
        func shares(_ features: [Double]) -> [String: Double] {
            let normalised: [Double] = features.indices.map { (features[$0] - mean[$0]) / deviation[$0] }
            let hidden = Self.linear(hiddenWeights, normalised, hiddenBias).map { max($0, 0) }
            let logits = Self.linear(weights, hidden, bias)
            let highest = logits.max() ?? 0
            let powers: [Double] = logits.map { exp($0 - highest) }
            let sum = powers.reduce(0, +)
            return Dictionary(uniqueKeysWithValues: zip(kinds, powers.map { $0 / sum }))
        }

        private static func linear(_ weights: [[Double]], _ x: [Double], _ bias: [Double]) -> [Double] {
            zip(weights, bias).map { row, bias in
                var sum: Double = bias
                for (weight, value) in zip(row, x) { sum += weight * value }
                return sum
            }
        }
    }
}
