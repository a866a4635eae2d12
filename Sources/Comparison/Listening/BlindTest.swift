package import Foundation
import Tensors

/// A listening test of pairs: which trial has which systems. Kept apart from the page, which names none.
package struct BlindTest: Codable, Sendable, Equatable {
    package static let fileName = "blind-key.json"

    package struct Trial: Codable, Sendable, Equatable {
        package let number: Int
        package let prompt: String
        package let first: String
        package let second: String
    }

    /// Tells answers to one test from those to another.
    package let id: String
    package let trials: [Trial]

    /// `count` trials: every pair of systems about equally often, prompts in turn, and either system first as often
    /// as chance has it.
    package init(_ plan: ComparisonPlan, count: Int) throws {
        let names = plan.systems.map(\.name)
        guard names.count > 1 else {
            throw ComparisonError("a listening test needs at least two systems; name more with --systems")
        }
        var generator = SeededGenerator(seed: plan.seed, stream: 2)
        let prompts = plan.prompts.shuffled(using: &generator)
        let pairs = names.indices.flatMap { i in names[(i + 1)...].map { (names[i], $0) } }
            .shuffled(using: &generator)
        trials = (0..<count).map { number in
            let (place, round) = (number % pairs.count, number / pairs.count)
            let pair = pairs[place]
            let turned = Bool.random(using: &generator)
            // A pair meets every prompt before it meets one again.
            let prompt = prompts[(place + round) % prompts.count]
            return Trial(
                number: number, prompt: prompt.name, first: turned ? pair.1 : pair.0,
                second: turned ? pair.0 : pair.1)
        }
        var hash = ContentHash()
        for trial in trials { hash.update("\(trial.prompt)\n\(trial.first)\n\(trial.second)\n".utf8) }
        hash.update("\(plan.seed) \(plan.seconds)".utf8)
        id = String(hash.hexadecimal().prefix(16))
    }

    /// The test that a report's folder holds.
    package static func read(in folder: URL) throws -> BlindTest {
        let file = folder.appending(path: fileName)
        guard let data = try? Data(contentsOf: file),
            let test = try? JSONDecoder().decode(Self.self, from: data),
            Set(test.trials.map(\.number)).count == test.trials.count
        else {
            throw ComparisonError(
                "\(file.relativePath) is missing or damaged; make the listening test with --blind N first, and keep the key"
            )
        }
        return test
    }
}
