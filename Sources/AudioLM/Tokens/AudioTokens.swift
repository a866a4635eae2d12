/// Sound as tokens: what the semantic tokenizer hears in it, and what the codec needs to sound it again.
public struct AudioTokens: Sendable, Equatable {
    /// 25 per second, each below the bundle's `semanticVocabulary`; empty where only the sound matters.
    public var semantic: [Int]
    /// `[frames][levels]`, 50 frames per second, 1 to 12 levels, each token below 1024. Sound needs the three frames
    /// after it. Empty where only semantic tokens were wanted.
    public var acoustic: [[Int]]

    /// Tokens from elsewhere; whoever turns them into sound checks them.
    public init(semantic: [Int], acoustic: [[Int]]) {
        self.semantic = semantic
        self.acoustic = acoustic
    }
}
