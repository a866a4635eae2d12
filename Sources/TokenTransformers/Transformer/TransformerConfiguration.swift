/// Sizes of a stage's transformer.
package struct TransformerConfiguration: Sendable, Equatable {
    package let layers: Int
    package let width: Int
    package let heads: Int
    package let feedForward: Int

    package init(layers: Int, width: Int, heads: Int, feedForward: Int) {
        self.layers = layers
        self.width = width
        self.heads = heads
        self.feedForward = feedForward
    }

    /// Throws `StageConfigurationError` where the sizes are out of range or do not go together.
    package func validate() throws {
        try StageConfigurationError.require("layers", layers, in: 1...256)
        try StageConfigurationError.require("width", width, in: 2...16384)
        try StageConfigurationError.require("feed_forward", feedForward, in: 1...65536)
        try StageConfigurationError.require("heads", heads, in: 1...width)
        guard width % (2 * heads) == 0 else {
            throw StageConfigurationError(
                "heads", found: heads, expected: "a number that cuts a width of \(width) into even heads")
        }
    }
}

extension TransformerConfiguration: Codable {
    private enum CodingKeys: String, CodingKey {
        case layers, width, heads
        case feedForward = "feed_forward"
    }
}
