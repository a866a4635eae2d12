package import Foundation

/// What one listener answered, as blind.html saves it.
package struct ListeningAnswers: Codable, Sendable, Equatable {
    package enum Choice: String, Codable, Sendable {
        case first, second, same
    }

    package struct Answer: Codable, Sendable, Equatable {
        package let trial: Int
        package let choice: Choice
    }

    /// The test's id.
    package let test: String
    package let listener: String
    package let answers: [Answer]

    /// Reads a file that the page saved.
    package init(contentsOf url: URL) throws {
        guard let data = try? Data(contentsOf: url) else {
            throw ComparisonError("cannot read \(url.relativePath); check the name")
        }
        guard let found = try? JSONDecoder().decode(Self.self, from: data) else {
            throw ComparisonError("\(url.relativePath) holds no answers; give a file that blind.html saved")
        }
        self = found
    }

    init(test: String, listener: String, answers: [Answer]) {
        self.test = test
        self.listener = listener
        self.answers = answers
    }
}
