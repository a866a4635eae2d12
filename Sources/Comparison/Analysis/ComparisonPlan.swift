import Foundation

/// Which prompts, systems and lengths are compared.
package struct ComparisonPlan: Sendable {
    package let prompts: [Prompt]
    package let systems: [ComparedSystem]
    /// Real continuations, the scale's 1, where there are some.
    package let truth: ComparedSystem?
    /// As much of each continuation is measured at most.
    package let seconds: Double
    /// What hears and codes; nil leaves its measures out.
    package let model: (any ComparisonModel)?
    /// The model's training tokens, in which continuations are looked up; nil leaves that out.
    package let training: TokenIndex?
    /// Of the bootstrap and of what is drawn.
    package let seed: UInt64

    /// Prompts that a system lacks are left out.
    package init(
        prompts: [Prompt], systems: [ComparedSystem], truth: ComparedSystem?, seconds: Double, seed: UInt64,
        model: (any ComparisonModel)? = nil, training: TokenIndex? = nil
    ) throws {
        guard !systems.isEmpty else {
            throw ComparisonError("no systems; name some with --systems NAME=FOLDER")
        }
        if let twice = Dictionary(grouping: systems, by: \.name).filter({ $0.value.count > 1 }).keys.min() {
            throw ComparisonError("two systems are named \(twice); give each a name of its own")
        }
        let all = systems + (truth.map { [$0] } ?? [])
        self.prompts = prompts.filter { prompt in all.allSatisfy { $0.continuations[prompt.name] != nil } }
        guard !self.prompts.isEmpty else {
            throw ComparisonError(
                "no prompt has a continuation by every system; name files after the prompts")
        }
        self.systems = systems
        self.truth = truth
        self.seconds = seconds
        self.seed = seed
        self.model = model
        self.training = training
    }

    /// The places of the prompts of shard `number` of `count`, from 1.
    package func shard(_ number: Int, of count: Int) -> [Int] {
        prompts.indices.filter { $0 % count == number - 1 }
    }

    /// All continuations of a prompt that are to be measured.
    func sources(_ prompt: Prompt) -> [ContinuationSource] {
        let all = (systems + (truth.map { [$0] } ?? [])).flatMap { $0.continuations[prompt.name] ?? [] }
        var seen: Set<ContinuationSource> = []
        return all.filter { seen.insert($0).inserted }
    }
}
