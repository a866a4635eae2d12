/// Makes the report of a plan whose sounds are all measured.
package struct ReportBuilder {
    private let plan: ComparisonPlan
    private let results: [PromptResult]
    private let bootstrap: Bootstrap
    private let distances: [SystemDistance]
    /// The measures that have values here.
    private let measures: [Measure]

    /// Reads the cache prompt by prompt, so that memory grows by the report's rows only and, with a model, by
    /// what it hears in each second.
    package init(_ plan: ComparisonPlan, cache: AnalysisCache) throws {
        let read = try PromptReader(plan, cache: cache)
        self.plan = plan
        var impressions: [String: [[[Double]]]] = [:]
        let results = try plan.prompts.map { try read($0, impressions: &impressions) }
        distances = try Self.distances(impressions, plan: plan, cache: cache)
        let overall = OverallConsistency(results)
        self.results = results.map { overall?.added(to: $0) ?? $0 }
        bootstrap = Bootstrap(seed: plan.seed)
        let known = Set(self.results.flatMap { $0.means.values.flatMap(\.keys) })
        let all =
            [OverallConsistency.measure] + ConsistencyMeasure.all.map(\.measure)
            + ContinuationMeasure.all.map(\.measure)
            + [Diversity.measure, ModelMeasure.bits, ModelMeasure.synthetic] + Memorisation.measures
        measures =
            all.filter { known.contains($0.id) }
            + (distances.isEmpty ? [] : [ModelMeasure.frechet, ModelMeasure.kernel])
    }

    package func report() -> Report {
        let rows = results.flatMap(\.rows)
        return Report(
            settings: Report.Settings(
                seconds: plan.seconds, windowSeconds: ContinuationAnalysis.windowSeconds, seed: plan.seed,
                prompts: plan.prompts.count, hasReference: hasScale, model: plan.model?.name),
            measures: measures,
            systems: plan.systems.map { system in
                Report.System(
                    name: system.name, origin: system.origin,
                    continuations: rows.count { $0.system == system.name })
            },
            summary: plan.systems.flatMap { system in measures.compactMap { summary(system.name, $0) } },
            scale: hasScale
                ? consistencyMeasures.map { id in
                    SimilarityScale.quality(id, results.compactMap { $0.scale[id] })
                } : [],
            distances: distances, tests: measures.flatMap(tests), drift: drift(),
            prompts: results.map(\.anchors),
            continuations: rows)
    }

    /// Whether every prompt has its own continuation and others' to compare with.
    private var hasScale: Bool { results.allSatisfy { !$0.scale.isEmpty } }

    private var consistencyMeasures: [String] {
        measures.filter { $0.group == .consistency }.map(\.id)
    }

    private func summary(_ system: String, _ measure: Measure) -> Summary? {
        let present = results.filter { $0.means[system]?[measure.id] != nil }
        let values = present.compactMap { $0.means[system]?[measure.id] }
        guard let mean = bootstrap.mean(values) else { return nil }
        let anchors = present.compactMap { $0.scale[measure.id] }
        let consistency =
            measure.group == .consistency && hasScale
            ? consistency(values, anchors) : nil
        return Summary(system: system, measure: measure.id, mean: mean, consistency: consistency)
    }

    private func consistency(_ values: [Double], _ anchors: [SimilarityScale.Anchors]) -> Interval? {
        let (own, other) = (anchors.map(\.own), anchors.map(\.other))
        return bootstrap.interval(count: values.count) {
            SimilarityScale.consistency(values, own: own, other: other, of: $0)
        }
    }

    /// Every pair of systems over the prompts that both have.
    private func tests(_ measure: Measure) -> [PairedTest] {
        let names = plan.systems.map(\.name)
        let pairs = names.indices.flatMap { i in names[(i + 1)...].map { (names[i], $0) } }
        let found = pairs.compactMap { first, second -> PairedTest? in
            let differences = results.compactMap { result -> Double? in
                guard let a = result.means[first]?[measure.id], let b = result.means[second]?[measure.id]
                else { return nil }
                return a - b
            }
            guard let mean = bootstrap.mean(differences) else { return nil }
            let probability = SignedRankTest.probability(differences)
            return PairedTest(
                measure: measure.id, first: first, second: second, difference: mean, probability: probability,
                corrected: probability)
        }
        return zip(found, HolmCorrection.adjusted(found.map(\.probability))).map { $0.corrected(to: $1) }
    }

    private func drift() -> [DriftPoint] {
        plan.systems.flatMap { system in
            consistencyMeasures.flatMap { driftOf(system.name, $0) }
        }
    }

    private func driftOf(_ system: String, _ measure: String) -> [DriftPoint] {
        let windows = results.map { $0.windowMeans[system]?.count ?? 0 }.max() ?? 0
        return (0..<windows).compactMap { window in
            let present = results.filter {
                ($0.windowMeans[system]?.count ?? 0) > window && (!hasScale || $0.windowScale.count > window)
            }
            let values = present.compactMap { $0.windowMeans[system]?[window][measure] }
            let anchors = hasScale ? present.compactMap { $0.windowScale[window][measure] } : []
            let value = hasScale ? consistency(values, anchors) : bootstrap.mean(values)
            return value.map {
                DriftPoint(
                    system: system, measure: measure,
                    second: (Double(window) + 0.5) * ContinuationAnalysis.windowSeconds, value: $0)
            }
        }
    }
}

extension PairedTest {
    fileprivate func corrected(to probability: Double) -> PairedTest {
        PairedTest(
            measure: measure, first: first, second: second, difference: difference,
            probability: self.probability, corrected: probability)
    }
}
