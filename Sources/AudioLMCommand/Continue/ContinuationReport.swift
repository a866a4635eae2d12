import AudioFiles
import AudioLM
import Foundation

/// What is told about one finished continuation; the keys of `--json` are these in snake_case.
struct ContinuationReport: Encodable {
    let snippet: String
    let snippetSeconds: Double
    let bundle: String
    /// What the bundle computes with: reports with the same weights, seed and options are of the same sound.
    let weights: String
    /// What the snippet sounds like, where that chose the bundle.
    let heard: SoundKind?
    let output: String
    let seed: UInt64
    let seconds: Double
    let tokens: [TokenStage: Int]
    let stageSeconds: [ContinuationStage: Double]
    let wallSeconds: Double
    let realTimeFactor: Double

    init(_ recording: Snippet, model: ChosenModel, file: URL, summary: ContinuationSummary) {
        snippet = recording.url.relativePath
        snippetSeconds = Double(recording.frameCount) / Double(recording.tail.sampleRate)
        bundle = model.bundle.name
        weights = BundleIdentity.digest(of: [URL(fileURLWithPath: model.bundle.information.folder)])
        heard = model.heard
        output = file.relativePath
        seed = summary.seed
        seconds = summary.seconds
        tokens = summary.tokens
        stageSeconds = summary.stageSeconds
        wallSeconds = summary.wallSeconds
        realTimeFactor = summary.realTimeFactor
    }

    var line: String {
        let choice = heard.map { "\(bundle)\($0.name == bundle ? " by its sound" : ""), " } ?? ""
        return "\(output): \(tenths(snippetSeconds)) s of \(snippet), then \(tenths(seconds)) s new "
            + "(\(choice)seed \(seed), \(tenths(wallSeconds)) s, \(tenths(realTimeFactor)) times real time)"
    }

    private func tenths(_ value: Double) -> String { String(format: "%.1f", value) }
}
