import Tensors

/// Reads a prompt's measurements from the cache and relates them to one another.
struct PromptReader {
    /// More other recordings than this are drawn from.
    private static let mostOthers = 50

    private let plan: ComparisonPlan
    private let cache: AnalysisCache
    /// Real continuations by recording.
    private let others: [(recording: String, analysis: ContinuationAnalysis)]

    /// Reads the real continuations that stand for other recordings.
    init(_ plan: ComparisonPlan, cache: AnalysisCache) throws {
        self.plan = plan
        self.cache = cache
        var prompts = plan.truth == nil ? [] : plan.prompts
        if prompts.count > Self.mostOthers {
            var generator = SeededGenerator(seed: plan.seed, stream: 1)
            prompts = Self.drawn(prompts.shuffled(using: &generator))
        }
        others = try prompts.flatMap { prompt in
            try (plan.truth?.continuations[prompt.name] ?? []).map {
                (prompt.recording, try Self.analysis(prompt, $0, plan, cache))
            }
        }
    }

    /// The first of each recording, and as many of the others as there is room for: where nearly all are of one, it
    /// must not be the only one.
    private static func drawn(_ prompts: [Prompt]) -> [Prompt] {
        var seen: Set<String> = []
        let (first, rest) = prompts.reduce(into: ([Prompt](), [Prompt]())) { parts, prompt in
            if seen.insert(prompt.recording).inserted {
                parts.0.append(prompt)
            } else {
                parts.1.append(prompt)
            }
        }
        return Array((first + rest).prefix(mostOthers))
    }

    /// - Parameter impressions: by system and prompt, what the model hears in each second; this prompt's are added.
    func callAsFunction(
        _ prompt: Prompt, impressions: inout [String: [[[Double]]]]
    ) throws -> PromptResult {
        let features = try Self.features(prompt, cache)
        let scale = try truthScale(prompt, features)
        var rows: [ContinuationRow] = []
        var means: [String: [String: Double]] = [:]
        var windowMeans: [String: [[String: Double]]] = [:]
        for system in plan.systems {
            let sources = system.continuations[prompt.name] ?? []
            let analyses = try sources.map { try Self.analysis(prompt, $0, plan, cache) }
            var values = analyses.map { Self.values($0, features) }
            var heard: [[Double]] = []
            for (index, source) in sources.enumerated() {
                guard let impression = try impression(prompt, source) else { continue }
                values[index][ModelMeasure.bits.id] = impression.bits
                values[index][ModelMeasure.synthetic.id] = impression.syntheticShare
                if let training = plan.training {
                    values[index].merge(Memorisation(impression.tokens, in: training).values) { $1 }
                }
                heard += impression.seconds
            }
            impressions[system.name, default: []].append(heard)
            for (index, analysis) in analyses.enumerated() {
                rows.append(
                    ContinuationRow(
                        prompt: prompt.name, system: system.name, variation: index + 1,
                        source: sources[index].name, seconds: analysis.features.seconds,
                        beginsWithPrompt: analysis.beginsWithPrompt,
                        faults: analysis.faults(prompt: features),
                        values: values[index]))
            }
            var mean = meanOfEach(values)
            mean[Diversity.measure.id] = Diversity.of(analyses.map(\.chroma))
            means[system.name] = mean
            windowMeans[system.name] = (0..<(analyses.map(\.windows.count).min() ?? 0)).map { window in
                meanOfEach(analyses.map { Self.similarities(features, $0.windows[window]) })
            }
        }
        let anchors = PromptAnchors(
            prompt: prompt.name, recording: prompt.recording, seconds: features.seconds,
            own: scale.whole.mapValues(\.own), other: scale.whole.mapValues(\.other))
        return PromptResult(
            anchors: anchors, scale: scale.whole, windowScale: scale.windows, rows: rows, means: means,
            windowMeans: windowMeans)
    }

    private typealias Anchors = [String: SimilarityScale.Anchors]

    /// The scale of whole continuations and of each window; empty without real continuations of other recordings.
    private func truthScale(
        _ prompt: Prompt, _ features: SoundFeatures
    ) throws -> (whole: Anchors, windows: [Anchors]) {
        let others = others.filter { $0.recording != prompt.recording }.map(\.analysis)
        guard let source = plan.truth?.continuations[prompt.name]?.first, !others.isEmpty else {
            return ([:], [])
        }
        let truth = try Self.analysis(prompt, source, plan, cache)
        func anchors(_ own: SoundFeatures, _ others: [SoundFeatures]) -> Anchors {
            Dictionary(
                uniqueKeysWithValues: ConsistencyMeasure.all.map {
                    ($0.measure.id, SimilarityScale.anchors($0, prompt: features, own: own, others: others))
                })
        }
        let windows = truth.windows.enumerated().compactMap { index, window -> Anchors? in
            let present = others.filter { $0.windows.count > index }.map { $0.windows[index] }
            return present.isEmpty ? nil : anchors(window, present)
        }
        return (anchors(truth.features, others.map(\.features)), windows)
    }

    private static func values(_ analysis: ContinuationAnalysis, _ prompt: SoundFeatures) -> [String: Double]
    {
        ContinuationMeasure.all.reduce(into: similarities(prompt, analysis.features)) { values, one in
            values[one.measure.id] = one.value(analysis, prompt)
        }
    }

    private static func similarities(_ prompt: SoundFeatures, _ sound: SoundFeatures) -> [String: Double] {
        Dictionary(
            uniqueKeysWithValues: ConsistencyMeasure.all.map { ($0.measure.id, $0.similarity(prompt, sound)) }
        )
    }

    /// What the plan's model hears; nil without one.
    private func impression(_ prompt: Prompt, _ source: ContinuationSource) throws -> ModelImpression? {
        guard let model = plan.model else { return nil }
        let key = try cache.key(
            prompt: cache.key(prompt: prompt.file), source: source, seconds: plan.seconds, model: model)
        let heard = cache.key(continuation: key, heardBy: model)
        guard let found = cache.value(ModelImpression.self, heard) else { throw Self.missing(prompt) }
        return found
    }

    private static func features(_ prompt: Prompt, _ cache: AnalysisCache) throws -> SoundFeatures {
        guard let found = cache.value(SoundFeatures.self, try cache.key(prompt: prompt.file)) else {
            throw missing(prompt)
        }
        return found
    }

    private static func analysis(
        _ prompt: Prompt, _ source: ContinuationSource, _ plan: ComparisonPlan, _ cache: AnalysisCache
    ) throws -> ContinuationAnalysis {
        let key = try cache.key(
            prompt: cache.key(prompt: prompt.file), source: source, seconds: plan.seconds, model: plan.model)
        guard let found = cache.value(ContinuationAnalysis.self, key) else { throw missing(prompt) }
        return found
    }

    private static func missing(_ prompt: Prompt) -> ComparisonError {
        ComparisonError("\(prompt.name) is not measured yet; run the same command without --shard")
    }
}
