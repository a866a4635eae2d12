/// How tokens are drawn from logits.
package struct Sampling: Sendable, Equatable, Codable {
    /// 0 takes the likeliest token; 1 draws from the distribution as learned.
    package var temperature: Float
    /// Draw among this many likeliest tokens; 0 means all.
    package var topK: Int
    /// Draw among the likeliest tokens that together hold this probability, in (0, 1].
    package var topP: Float
    /// Draw among the tokens that are at least so many times as likely as the likeliest, in [0, 1]; 0 means all
    /// (arXiv 2407.01082). Where one course is almost certain, nothing odd is drawn, and where many are open, all stay.
    package var minP: Float

    package init(temperature: Float = 1, topK: Int = 0, topP: Float = 1, minP: Float = 0) {
        self.temperature = temperature
        self.topK = topK
        self.topP = topP
        self.minP = minP
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            temperature: try values.decode(Float.self, forKey: .temperature),
            topK: try values.decode(Int.self, forKey: .topK),
            topP: try values.decode(Float.self, forKey: .topP),
            minP: try values.decodeIfPresent(Float.self, forKey: .minP) ?? 0)
    }

    private enum CodingKeys: String, CodingKey {
        case temperature
        case topK = "top_k"
        case topP = "top_p"
        case minP = "min_p"
    }

    /// What is wrong with the values, in a few words; nil if nothing is.
    package var fault: String? {
        if !temperature.isFinite || temperature < 0 || temperature > 100 {
            return "temperature is \(temperature), expected 0 to 100"
        }
        if topK < 0 { return "top_k is \(topK), expected 0 or more" }
        if !(topP > 0 && topP <= 1) { return "top_p is \(topP), expected above 0 and at most 1" }
        if !(0...1).contains(minP) { return "min_p is \(minP), expected 0 to 1" }
        return nil
    }
}
