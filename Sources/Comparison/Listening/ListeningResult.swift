/// What listeners preferred.
package struct ListeningResult: Codable, Sendable, Equatable {
    /// How often one system was preferred to another.
    package struct Preference: Codable, Sendable, Equatable {
        package let first: String
        package let second: String
        /// Trials that had the two, ties included.
        package let trials: Int
        /// Share in which the first was preferred, a tie counting half, and its 95 % interval.
        package let rate: Interval
        /// Of the sign test over trials without a tie, two-sided.
        package let probability: Double
    }

    package let listeners: Int
    package let preferences: [Preference]
}

extension ListeningResult {
    /// Preferences of all pairs, in the order of `systems`.
    package init(_ answers: [ListeningAnswers], to test: BlindTest, systems: [String]) throws {
        if let stray = answers.first(where: { $0.test != test.id }) {
            throw ComparisonError(
                "the answers of \(stray.listener) are to another test (\(stray.test), expected \(test.id)); "
                    + "give those that were made with this report's blind.html")
        }
        let trials = Dictionary(uniqueKeysWithValues: test.trials.map { ($0.number, $0) })
        var scores: [[String]: [Double]] = [:]
        for (trial, choice) in try Self.choices(answers, trials) {
            let score: Double =
                switch choice {
                case .first: 1
                case .second: 0
                case .same: 0.5
                }
            scores[[trial.first, trial.second], default: []].append(score)
            scores[[trial.second, trial.first], default: []].append(1 - score)
        }
        listeners = Set(answers.map(\.listener)).count
        preferences = systems.indices.flatMap { i in
            systems[(i + 1)...].compactMap { second in
                scores[[systems[i], second]].map { Self.preference(systems[i], second, $0) }
            }
        }
    }

    /// The last answer of each listener to each trial.
    private static func choices(
        _ answers: [ListeningAnswers], _ trials: [Int: BlindTest.Trial]
    ) throws -> [(BlindTest.Trial, ListeningAnswers.Choice)] {
        try Dictionary(grouping: answers, by: \.listener).sorted { $0.key < $1.key }.flatMap {
            listener, given in
            var last: [Int: ListeningAnswers.Choice] = [:]
            for answer in given.flatMap(\.answers) { last[answer.trial] = answer.choice }
            return try last.sorted { $0.key < $1.key }.map { number, choice in
                guard let trial = trials[number] else {
                    throw ComparisonError(
                        "\(listener) answers trial \(number), which the test does not have; "
                            + "give the file as blind.html saved it")
                }
                return (trial, choice)
            }
        }
    }

    private static func preference(_ first: String, _ second: String, _ scores: [Double]) -> Preference {
        Preference(
            first: first, second: second, trials: scores.count,
            rate: SignTest.rate(successes: scores.reduce(0, +), trials: scores.count),
            probability: SignTest.probability(
                wins: scores.count { $0 == 1 }, losses: scores.count { $0 == 0 }))
    }
}
