import Foundation

/// How far an analysis has come.
package struct AnalysisProgress: Sendable, Equatable {
    package let done: Int
    package let total: Int
}

/// Measures every prompt and continuation of a plan that the cache does not hold yet, on several threads.
package struct AnalysisRun: Sendable {
    private let plan: ComparisonPlan
    private let cache: AnalysisCache
    private let analyser = Analyser()

    package init(_ plan: ComparisonPlan, cache: AnalysisCache) {
        self.plan = plan
        self.cache = cache
    }

    /// Measures the prompts at `places` and all their continuations. Memory does not grow with their number.
    /// - Parameters:
    ///   - threads: prompts that are measured at a time.
    ///   - report: called with each finished continuation.
    package func run(
        _ places: [Int], threads: Int, report: @escaping @Sendable (AnalysisProgress) -> Void
    ) async throws {
        let total = places.reduce(0) { $0 + plan.sources(plan.prompts[$1]).count }
        let (steps, counter) = AsyncStream<Void>.makeStream()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                var done = 0
                for await _ in steps {
                    done += 1
                    report(AnalysisProgress(done: done, total: total))
                }
            }
            defer { counter.finish() }
            var waiting = places[...]
            var running = 0
            while !waiting.isEmpty || running > 0 {
                while running < threads, let place = waiting.popFirst() {
                    group.addTask { try analyse(plan.prompts[place]) { counter.yield() } }
                    running += 1
                }
                try await group.next()
                running -= 1
            }
        }
    }

    private func analyse(_ prompt: Prompt, step: () -> Void) throws {
        let promptKey = try cache.key(prompt: prompt.file)
        var sound: PromptSound?
        func loaded() throws -> PromptSound {
            let known = try sound ?? PromptSound(contentsOf: prompt.file)
            sound = known
            return known
        }
        if cache.value(SoundFeatures.self, promptKey) == nil {
            try cache.keep(analyser.prompt(loaded().samples), promptKey)
        }
        for source in plan.sources(prompt) {
            try Task.checkCancellation()
            let key = try cache.key(
                prompt: promptKey, source: source, seconds: plan.seconds, model: plan.model)
            var joined: JoinedSound?
            func sounded() throws -> JoinedSound {
                let known =
                    try joined ?? JoinedSound(loaded(), source, seconds: plan.seconds, model: plan.model)
                joined = known
                return known
            }
            if cache.value(ContinuationAnalysis.self, key) == nil {
                try cache.keep(analyser.continuation(sounded()), key)
            }
            if let model = plan.model {
                let heard = cache.key(continuation: key, heardBy: model)
                if cache.value(ModelImpression.self, heard) == nil {
                    let sound = try sounded()
                    let impression = try model.impression(
                        of: Array(sound.samples[sound.seam...]), after: Array(sound.samples[..<sound.seam]))
                    try cache.keep(impression, heard)
                }
            }
            step()
        }
    }
}
