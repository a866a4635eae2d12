/// The section `semantic_stage` of config.json.
package struct SemanticStageConfiguration: Sendable, Equatable {
    package let transformer: TransformerConfiguration
    /// Positions that each position sees, its own included.
    package let attentionWindow: Int
    package let vocabulary: Int

    package func validate() throws {
        try transformer.validate()
        try StageConfigurationError.require("attention_window", attentionWindow, in: 1...65536)
        try StageConfigurationError.require("vocabulary", vocabulary, in: 1...65536)
    }
}

extension SemanticStageConfiguration: Decodable {
    private enum CodingKeys: String, CodingKey {
        case vocabulary
        case attentionWindow = "attention_window"
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        transformer = try TransformerConfiguration(from: decoder)
        attentionWindow = try values.decode(Int.self, forKey: .attentionWindow)
        vocabulary = try values.decode(Int.self, forKey: .vocabulary)
    }
}
