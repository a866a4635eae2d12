import SemanticTokenizer
import Tensors

/// Twenty seconds of noise, one window of a semantic tokenizer.
func tokenizerBenchmarks(_ tokenizer: Tokenizer, on pool: WorkerPool) -> [Measurement] {
    let seconds = 20
    var random = SeededGenerator(seed: 1)
    let samples = (0..<seconds * tokenizer.configuration.sampleRate).map { _ in random.nextNormal() * 0.1 }
    let frames = tokenizer.frames(of: samples, on: pool)
    func measurement(_ name: String, _ body: () -> Void) -> Measurement {
        Measurement(
            name: name, microseconds: median(of: 5, on: pool, body) * 1e6, soundSeconds: Double(seconds))
    }
    return [
        measurement("semantic tokenizer, front end") { _ = tokenizer.frames(of: samples, on: pool) },
        measurement("semantic tokenizer, encoder") { _ = tokenizer.activations(of: frames, on: pool) },
        measurement("semantic tokenizer, whole") { _ = tokenizer.tokenize(samples, on: pool) },
    ]
}
