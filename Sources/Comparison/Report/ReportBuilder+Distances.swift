extension ReportBuilder {
    /// Distances of every system to the real continuations, but for the real ones themselves; none without a model or
    /// without real continuations.
    ///
    /// - Parameter impressions: by system and prompt, `[seconds][width]`.
    static func distances(
        _ impressions: [String: [[[Double]]]], plan: ComparisonPlan, cache: AnalysisCache
    ) throws -> [SystemDistance] {
        guard let truth = plan.truth, let model = plan.model else { return [] }
        let real = try plan.prompts.map { prompt in
            try (truth.continuations[prompt.name] ?? []).flatMap { source in
                let key = try cache.key(
                    prompt: cache.key(prompt: prompt.file), source: source, seconds: plan.seconds,
                    model: model)
                return cache.value(ModelImpression.self, cache.key(continuation: key, heardBy: model))?
                    .seconds
                    ?? []
            }
        }
        let others = plan.systems.filter { $0.continuations != truth.continuations }
        return others.flatMap { distances($0.name, impressions[$0.name] ?? [], real) }
    }

    private static func distances(
        _ system: String, _ own: [[[Double]]], _ real: [[[Double]]]
    ) -> [SystemDistance] {
        let (seconds, realSeconds) = (own.joined().count, real.joined().count)
        guard seconds > 1, realSeconds > 1 else { return [] }
        func distance(
            _ measure: Measure, _ between: @escaping ([[Double]], [[Double]]) -> Double
        ) -> SystemDistance {
            let interval = Jackknife.interval(count: own.count) { chosen in
                let (a, b) = (chosen.flatMap { own[$0] }, chosen.flatMap { real[$0] })
                return a.count > 1 && b.count > 1 ? between(a, b) : nil
            }
            return SystemDistance(
                system: system, measure: measure.id, interval: interval, seconds: seconds,
                realSeconds: realSeconds)
        }
        return [
            distance(ModelMeasure.frechet) { SetDistance.frechet($0, $1) },
            distance(ModelMeasure.kernel) { 100 * SetDistance.kernel($0, real: $1) },
        ]
    }
}
