/// A value and its 95 % interval, of a bootstrap where nothing else is said.
package struct Interval: Codable, Sendable, Equatable {
    package let value: Double
    package let low: Double
    package let high: Double
    /// Prompts that it rests on.
    package let count: Int
}
