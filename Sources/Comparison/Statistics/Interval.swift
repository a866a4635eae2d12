/// A value and the 95 % interval of its bootstrap.
package struct Interval: Codable, Sendable, Equatable {
    package let value: Double
    package let low: Double
    package let high: Double
    /// Prompts that it rests on.
    package let count: Int
}
