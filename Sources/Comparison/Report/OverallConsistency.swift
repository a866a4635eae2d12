/// All consistency measures as one: the mean of the similarities, each in standard deviations above what other
/// recordings have.
struct OverallConsistency {
    static let measure = Measure(
        id: "overall", title: "All together", group: .consistency, unit: "standard deviations",
        definition: """
            Mean over the consistency measures of the similarity to the prompt, less the mean of other recordings', \
            over their standard deviation.
            """,
        source: "z-scores", better: .higher)

    private let means: [String: Double]
    private let deviations: [String: Double]

    /// From the similarities of all prompts to other recordings; nil where there are none.
    init?(_ results: [PromptResult]) {
        guard !results.isEmpty, results.allSatisfy({ !$0.scale.isEmpty }) else { return nil }
        var (means, deviations) = ([String: Double](), [String: Double]())
        for measure in ConsistencyMeasure.all.map(\.measure.id) {
            let values = results.flatMap { $0.scale[measure]?.others ?? [] }
            let mean = values.reduce(0, +) / Double(values.count)
            let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
            // Where all others are equally near, a measure tells nothing.
            guard variance.squareRoot() > 1e-3 else { continue }
            means[measure] = mean
            deviations[measure] = variance.squareRoot()
        }
        self.means = means
        self.deviations = deviations
    }

    /// The result with the overall value beside the others everywhere.
    func added(to result: PromptResult) -> PromptResult {
        var (scale, anchors) = (result.scale, result.anchors)
        scale[Self.measure.id] = overall(result.scale)
        anchors.own[Self.measure.id] = scale[Self.measure.id]?.own
        anchors.other[Self.measure.id] = scale[Self.measure.id]?.other
        return PromptResult(
            anchors: anchors, scale: scale,
            windowScale: result.windowScale.map { window in
                window.merging([Self.measure.id: overall(window)]) { $1 }
            },
            rows: result.rows.map { row in
                var row = row
                row.values = added(to: row.values)
                return row
            },
            means: result.means.mapValues(added), windowMeans: result.windowMeans.mapValues { $0.map(added) })
    }

    private func added(to values: [String: Double]) -> [String: Double] {
        values.merging([Self.measure.id: overall(values)]) { $1 }
    }

    private func overall(_ values: [String: Double]) -> Double {
        let scores = means.compactMap { measure, mean -> Double? in
            guard let value = values[measure], let deviation = deviations[measure] else { return nil }
            return (value - mean) / deviation
        }
        return scores.sorted().reduce(0, +) / Double(max(1, scores.count))
    }

    private func overall(_ anchors: [String: SimilarityScale.Anchors]) -> SimilarityScale.Anchors {
        let count = anchors.values.map(\.others.count).min() ?? 0
        return SimilarityScale.Anchors(
            own: overall(anchors.mapValues(\.own)),
            others: (0..<count).map { index in overall(anchors.mapValues { $0.others[index] }) })
    }
}
