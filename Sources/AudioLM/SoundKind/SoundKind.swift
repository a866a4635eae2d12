/// What a snippet sounds like.
public struct SoundKind: Sendable, Equatable, Encodable {
    /// The likeliest kind: the name of a bundle, or `none`.
    public let name: String
    /// Probability of every kind.
    public let shares: [String: Double]

    /// The kind of sounds for which there is no bundle.
    public static let none = "neither"

    package init(shares: [String: Double]) {
        self.shares = shares
        name = shares.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? Self.none
    }

    /// The likeliest kind that is a bundle's name.
    public var nearest: String? {
        shares.filter { $0.key != Self.none }.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    }
}
