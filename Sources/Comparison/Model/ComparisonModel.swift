/// A bundle that hears continuations and codes sound.
package protocol ComparisonModel: Sendable {
    /// As the report names it.
    var name: String { get }
    /// Changes whenever its weights do.
    var identity: String { get }
    /// - Parameter prompt, continuation: mono at 24 kHz.
    func impression(of continuation: [Float], after prompt: [Float]) throws -> ModelImpression
    /// The codec's round trip of a sound: as many samples, or a few less.
    func coded(_ sound: [Float]) throws -> [Float]
    /// The prompt continued without semantic tokens, the same each time.
    func acousticContinuation(of prompt: [Float], seconds: Double) throws -> [Float]
}
