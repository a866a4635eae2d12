import TokenTransformers

/// Counts and times the stages of a run and reports how far they have come.
final class ContinuationJournal {
    let report: (VariationsEvent) -> Void
    private let plan: ContinuationPlan
    private let clock = ContinuousClock()
    private let started: ContinuousClock.Instant
    private var done: [ContinuationStage: Int] = [:]
    private var elapsed: [ContinuationStage: Duration] = [:]

    /// Tokens or frames between two reports of one stage.
    private static let reportEvery = 10

    init(plan: ContinuationPlan, report: @escaping (VariationsEvent) -> Void) {
        self.plan = plan
        self.report = report
        started = clock.now
        report(.progress(ContinuationProgress(stage: .prompt, done: 0, total: plan.promptFrames)))
    }

    /// All time so far was the prompt's.
    func finishPrompt() {
        elapsed[.prompt] = started.duration(to: clock.now)
        report(
            .progress(ContinuationProgress(stage: .prompt, done: plan.promptFrames, total: plan.promptFrames))
        )
    }

    /// Counts the time of `body` as the stage's.
    func time<R>(_ stage: ContinuationStage, _ body: () throws -> R) rethrows -> R {
        let begin = clock.now
        let result = try body()
        elapsed[stage, default: .zero] += begin.duration(to: clock.now)
        return result
    }

    /// Counts what a stage has made, and reports now and then and at its end.
    func add(_ count: Int, to stage: ContinuationStage) {
        let before = done[stage, default: 0]
        let now = before + count
        done[stage] = now
        let total = total(stage)
        if now / Self.reportEvery > before / Self.reportEvery || (now == total && count > 0) {
            report(.progress(ContinuationProgress(stage: stage, done: now, total: total)))
        }
    }

    /// Reports the summaries, the last event.
    func finish(seeds: [UInt64], levels: (coarse: Int, fine: Int), sampleRate: Int) {
        let frames = done[.coarse, default: 0]
        let stageSeconds = elapsed.mapValues(Self.seconds)
        let wallSeconds = Self.seconds(started.duration(to: clock.now))
        report(
            .finished(
                seeds.map {
                    ContinuationSummary(
                        seed: $0, seconds: Double(plan.samples) / Double(sampleRate),
                        tokens: [
                            .semantic: done[.semantic, default: 0], .coarse: frames * levels.coarse,
                            .fine: frames * levels.fine,
                        ],
                        stageSeconds: stageSeconds, wallSeconds: wallSeconds)
                }))
    }

    private func total(_ stage: ContinuationStage) -> Int {
        switch stage {
        case .prompt: plan.promptFrames
        case .semantic: plan.semanticTokens
        case .coarse, .fine, .decoding: plan.frames
        }
    }

    private static func seconds(_ duration: Duration) -> Double { duration / .seconds(1) }
}
