import AudioFiles
import AudioLM
import Foundation

func playOn(_ file: URL, by seconds: Double) async throws -> AudioBuffer {
    let bundle = try AudioLMBundle(contentsOf: URL(fileURLWithPath: "Models/piano"))
    let snippet = try Snippet(contentsOf: file, tailSeconds: 60)
    let seam = try Seam(after: snippet.tail, modelRate: bundle.sampleRate)
    var samples: [Float] = []
    for try await event in bundle.extend(seam.prompt, options: .init(seconds: seconds, seed: 7)) {
        switch event {
        case .progress(let progress): print(progress.stage, progress.done, "of", progress.total)
        case .audio(let chunk): samples += chunk
        case .finished(let summary): print(summary.realTimeFactor, "times real time")
        }
    }
    try Task.checkCancellation()  // where the loop ends early
    return try seam.continuation(samples, seconds: seconds)
}
