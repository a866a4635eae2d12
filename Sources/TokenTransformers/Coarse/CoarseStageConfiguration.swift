/// The section `coarse_stage` of config.json.
package struct CoarseStageConfiguration: Sendable, Equatable {
    package let transformer: TransformerConfiguration
    /// Steps that each step sees, its own included.
    package let attentionWindow: Int
    /// Acoustic levels that this stage predicts.
    package let levels: Int
    package let codes: Int
    package let semanticVocabulary: Int
    package let semanticWidth: Int
    /// Semantic tokens after a step's own that it sees.
    package let lookAhead: Int
    package let framesPerSemanticToken: Int

    package func validate() throws {
        try transformer.validate()
        try StageConfigurationError.require("attention_window", attentionWindow, in: 1...65536)
        try StageConfigurationError.require("levels", levels, in: 1...64)
        try StageConfigurationError.require("codes", codes, in: 1...65536)
        try StageConfigurationError.require("semantic_vocabulary", semanticVocabulary, in: 1...65536)
        try StageConfigurationError.require("semantic_width", semanticWidth, in: 1...16384)
        try StageConfigurationError.require("look_ahead", lookAhead, in: 0...100)
        try StageConfigurationError.require("frames_per_semantic_token", framesPerSemanticToken, in: 1...100)
    }
}

extension CoarseStageConfiguration: Decodable {
    private enum CodingKeys: String, CodingKey {
        case levels, codes
        case attentionWindow = "attention_window"
        case semanticVocabulary = "semantic_vocabulary"
        case semanticWidth = "semantic_width"
        case lookAhead = "look_ahead"
        case framesPerSemanticToken = "frames_per_semantic_token"
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        transformer = try TransformerConfiguration(from: decoder)
        attentionWindow = try values.decode(Int.self, forKey: .attentionWindow)
        levels = try values.decode(Int.self, forKey: .levels)
        codes = try values.decode(Int.self, forKey: .codes)
        semanticVocabulary = try values.decode(Int.self, forKey: .semanticVocabulary)
        semanticWidth = try values.decode(Int.self, forKey: .semanticWidth)
        lookAhead = try values.decode(Int.self, forKey: .lookAhead)
        framesPerSemanticToken = try values.decode(Int.self, forKey: .framesPerSemanticToken)
    }
}
