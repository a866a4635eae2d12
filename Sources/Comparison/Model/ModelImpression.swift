package import Foundation

/// What a bundle's networks make of one continuation; what the cache keeps.
package struct ModelImpression: Codable, Sendable, Equatable {
    /// Semantic tokens of the continuation, 25 per second.
    package let tokens: [Int]
    /// Mean bits of a token under the semantic stage, everything before it known.
    package let bits: Double
    /// Mean activations of the semantic encoder over each second: `[seconds × width]`, 32-bit floats.
    package let features: Data
    package let width: Int
    /// Share of the seconds that the model's detector calls synthetic; nil without a detector, or where nothing sounds.
    package let syntheticShare: Double?

    /// - Parameter features: `[seconds][width]`.
    package init(tokens: [Int], bits: Double, features: [[Float]], syntheticShare: Double? = nil) {
        self.tokens = tokens
        self.bits = bits
        self.features = features.flatMap { $0 }.withUnsafeBufferPointer { Data(buffer: $0) }
        width = features.first?.count ?? 0
        self.syntheticShare = syntheticShare
    }

    /// `[seconds][width]`; the cache may be damaged, and then there are as many as are whole.
    var seconds: [[Double]] {
        let width = max(1, self.width)
        let values = features.withUnsafeBytes { bytes in
            (0..<bytes.count / 4).map { Double(bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self)) }
        }
        return (0..<values.count / width).map { Array(values[$0 * width..<($0 + 1) * width]) }
    }
}
