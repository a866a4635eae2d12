/// A number in a stage's section of config.json that no model can have.
package struct StageConfigurationError: Error, Equatable, CustomStringConvertible {
    package let description: String

    init(_ key: String, found: Int, expected: String) {
        description = "\(key) is \(found), expected \(expected)"
    }

    /// Throws unless `value` lies in `range`.
    static func require(_ key: String, _ value: Int, in range: ClosedRange<Int>) throws {
        guard range.contains(value) else {
            throw StageConfigurationError(
                key, found: value, expected: "\(range.lowerBound) to \(range.upperBound)")
        }
    }
}
