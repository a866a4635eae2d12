/// The section `fine_stage` of config.json.
package struct FineStageConfiguration: Sendable, Equatable {
    package let transformer: TransformerConfiguration
    /// Levels that are known beforehand.
    package let coarseLevels: Int
    /// All levels, the coarse ones included.
    package let levels: Int
    package let codes: Int
    /// Frames of one window: prompt and target together.
    package let windowFrames: Int

    package var fineLevels: Range<Int> { coarseLevels..<levels }

    /// Frames that are completed at a time, behind those of the rest of a window. More of these would make no code likelier,
    /// and nobody hears of more frames before they are all there.
    package var framesPerChunk: Int { min(windowFrames * 4 / 5, Self.mostPerChunk) }

    private static let mostPerChunk = 60

    package func validate() throws {
        try transformer.validate()
        try StageConfigurationError.require("levels", levels, in: 2...64)
        try StageConfigurationError.require("coarse_levels", coarseLevels, in: 1...(levels - 1))
        try StageConfigurationError.require("codes", codes, in: 1...65536)
        try StageConfigurationError.require("window_frames", windowFrames, in: 2...65536)
    }
}

extension FineStageConfiguration: Decodable {
    private enum CodingKeys: String, CodingKey {
        case levels, codes
        case coarseLevels = "coarse_levels"
        case windowFrames = "window_frames"
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        transformer = try TransformerConfiguration(from: decoder)
        coarseLevels = try values.decode(Int.self, forKey: .coarseLevels)
        levels = try values.decode(Int.self, forKey: .levels)
        codes = try values.decode(Int.self, forKey: .codes)
        windowFrames = try values.decode(Int.self, forKey: .windowFrames)
    }
}
