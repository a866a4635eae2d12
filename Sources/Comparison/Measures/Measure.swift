/// What a measure is, as the report says it.
package struct Measure: Codable, Sendable, Equatable {
    package enum Group: String, Codable, Sendable, CaseIterable {
        /// How near the continuation stays to its prompt.
        case consistency
        case seam, structure, model
        /// Distances of a whole system to real recordings.
        case distance
    }

    package enum Better: String, Codable, Sendable {
        case higher, lower
        /// Neither: what real recordings have is what to reach.
        case natural
    }

    /// The key of its values in report.json and report.csv.
    package let id: String
    package let title: String
    package let group: Group
    package let unit: String
    package let definition: String
    package let source: String
    package let better: Better
}
