/// Systems that are always there: what the scale has at its ends, the simplest thing that repeats, what a codec leaves
/// of the truth, and what a bundle makes of the prompt's sound alone.
package enum ReferenceSystem: String, Sendable, CaseIterable {
    /// The recording's own continuation.
    case truth
    /// The own continuation of another recording.
    case other
    /// The prompt, again and again.
    case loop
    /// The codec's round trip of the recording's own continuation.
    case codec
    /// The prompt continued by the coarse and fine stages without semantic tokens (AudioLM's ablation).
    case acoustic

    /// - Parameter truth: the folder of real continuations as a system; `loop` and `acoustic` need none.
    package func system(prompts: [Prompt], truth: ComparedSystem?) throws -> ComparedSystem {
        switch self {
        case .loop:
            return made(.promptLooped, of: prompts)
        case .acoustic:
            return made(.acoustic, of: prompts)
        case .truth:
            let truth = try required(truth)
            return ComparedSystem(
                name: rawValue, origin: "the recording's own continuation", continuations: truth.continuations
            )
        case .codec:
            let truth = try required(truth)
            return ComparedSystem(
                name: rawValue, origin: "the recording's own continuation, coded",
                continuations: truth.continuations.mapValues { sources in
                    sources.map { if case .file(let url) = $0 { .coded(url) } else { $0 } }
                })
        case .other:
            let truth = try required(truth)
            return ComparedSystem(
                name: rawValue, origin: "another recording's continuation",
                continuations: try Self.exchanged(prompts, truth))
        }
    }

    /// A system that makes its continuations of the prompts themselves.
    private func made(_ source: ContinuationSource, of prompts: [Prompt]) -> ComparedSystem {
        ComparedSystem(
            name: rawValue, origin: source.name,
            continuations: Dictionary(uniqueKeysWithValues: prompts.map { ($0.name, [source]) }))
    }

    private func required(_ truth: ComparedSystem?) throws -> ComparedSystem {
        guard let truth else {
            throw ComparisonError(
                "the system \(rawValue) needs real continuations; give their folder with --reference")
        }
        return truth
    }

    /// For each prompt the truth of another recording, half the list further on, where the nearest is found.
    private static func exchanged(
        _ prompts: [Prompt], _ truth: ComparedSystem
    ) throws -> [String: [ContinuationSource]] {
        let known = prompts.filter { truth.continuations[$0.name] != nil }
        var exchanged: [String: [ContinuationSource]] = [:]
        for (index, prompt) in known.enumerated() {
            let onwards = known.indices.map { known[(index + known.count / 2 + $0) % known.count] }
            guard let other = onwards.first(where: { $0.recording != prompt.recording }) else {
                throw ComparisonError(
                    "the system other needs prompts of at least two recordings; add some, or leave other out")
            }
            exchanged[prompt.name] = truth.continuations[other.name]?.map { source in
                if case .file(let url) = source { .ofAnother(url, prompt: other.file) } else { source }
            }
        }
        return exchanged
    }
}
