import Tensors

/// How a prompt plays, for the choice among ways to go on.
struct PromptStyle {
    private let notes: TokenNotes
    private let prompt: [Int]
    private let profile: NoteProfile

    /// - Parameter prompt: semantic tokens, at least one.
    init(of prompt: [Int], notes: TokenNotes) {
        self.notes = notes
        self.prompt = prompt
        profile = notes.profile(of: prompt)
    }

    /// At most 1, and less the less alike: the likeness of the notes, minus what the tokens lack in variety beside as many
    /// of the prompt. A stage that is caught in a tremolo without end may well play the right notes.
    func likeness(of tokens: [Int]) -> Double {
        let lack = max(0, variety(ofPrompts: tokens.count) - Self.variety(of: tokens[...]))
        return notes.profile(of: tokens).likeness(to: profile) - lack
    }

    /// The mean variety of the prompt's stretches of so many tokens.
    private func variety(ofPrompts count: Int) -> Double {
        let count = min(count, prompt.count)
        let stretches = stride(from: prompt.count, through: count, by: -count).map {
            prompt[($0 - count)..<$0]
        }
        return stretches.reduce(0) { $0 + Self.variety(of: $1) } / Double(stretches.count)
    }

    /// The entropy of the tokens' frequencies in nats.
    private static func variety(of tokens: ArraySlice<Int>) -> Double {
        var counts: [Int: Int] = [:]
        for token in tokens { counts[token, default: 0] += 1 }
        // In an order of their own, or sums would differ from run to run.
        return counts.values.sorted().reduce(0) { sum, count in
            let share = Double(count) / Double(tokens.count)
            return sum - share * logarithm(share)
        }
    }
}
