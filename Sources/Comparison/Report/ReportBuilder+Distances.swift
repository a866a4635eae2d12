extension ReportBuilder {
    /// Distances of every system to the real continuations, but for the real ones themselves; none without a model or
    /// without real continuations.
    ///
    /// - Parameter impressions: by system, `[seconds][width]`.
    static func distances(
        _ impressions: [String: [[Double]]], plan: ComparisonPlan, cache: AnalysisCache
    ) throws -> [SystemDistance] {
        guard let truth = plan.truth, let model = plan.model else { return [] }
        let real = try plan.prompts.flatMap { prompt in
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
        return others.flatMap { system -> [SystemDistance] in
            let own = impressions[system.name] ?? []
            guard own.count > 1, real.count > 1 else { return [] }
            func distance(_ measure: Measure, _ value: Double) -> SystemDistance {
                SystemDistance(
                    system: system.name, measure: measure.id, value: value, seconds: own.count,
                    realSeconds: real.count)
            }
            return [
                distance(ModelMeasure.frechet, SetDistance.frechet(own, real)),
                distance(ModelMeasure.kernel, 100 * SetDistance.kernel(own, real: real)),
            ]
        }
    }
}
