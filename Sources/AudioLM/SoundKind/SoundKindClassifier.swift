public import Foundation

/// Tells from a snippet which bundle it is for: multinomial logistic regression on `SoundKindFeatures`.
public struct SoundKindClassifier: Sendable {
    private let configuration: Configuration

    /// Samples per second of what it listens to.
    public static let sampleRate = SoundKindFeatures.sampleRate

    /// Reads a folder such as `Models/auto`; throws `BundleError`.
    public init(contentsOf folder: URL) throws {
        configuration = try ConfigurationFile.read(Configuration.self, in: folder, modelType: "sound_kind")
        guard configuration.isConsistent else {
            throw BundleError.configuration(
                path: folder.appending(path: "config.json").relativePath,
                reason: "expected \(SoundKindFeatures.count) features for each of two or more kinds")
        }
    }

    /// - Parameter samples: mono at `sampleRate`; of long sound the end counts.
    public func kind(of samples: [Float]) -> SoundKind {
        guard let features = SoundKindFeatures.of(samples) else { return SoundKind(shares: [SoundKind.none: 1]) }
        return SoundKind(shares: configuration.shares(features))
    }

    /// The folder's config.json.
    struct Configuration: Decodable {
        let kinds: [String]
        /// [features]
        let mean: [Double]
        let deviation: [Double]
        /// [kinds][features]
        let weights: [[Double]]
        /// [kinds]
        let bias: [Double]

        var isConsistent: Bool {
            let count = SoundKindFeatures.count
            return kinds.count >= 2 && Set(kinds).count == kinds.count && bias.count == kinds.count
                && mean.count == count && deviation.count == count && deviation.allSatisfy { $0 > 0 }
                && weights.count == kinds.count && weights.allSatisfy { $0.count == count }
        }

        /// The softmax of linear functions of normalised features [features].
        func shares(_ features: [Double]) -> [String: Double] {
            let normalised = features.indices.map { (features[$0] - mean[$0]) / deviation[$0] }
            let logits = kinds.indices.map { kind in
                zip(weights[kind], normalised).reduce(bias[kind]) { $0 + $1.0 * $1.1 }
            }
            let highest = logits.max() ?? 0
            let powers = logits.map { exp($0 - highest) }
            let sum = powers.reduce(0, +)
            return Dictionary(uniqueKeysWithValues: zip(kinds, powers.map { $0 / sum }))
        }
    }
}
