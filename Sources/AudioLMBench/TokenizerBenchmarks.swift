import Foundation
import NeuralLayers
import SemanticTokenizer
import Tensors

/// Twenty seconds of noise, one window of the semantic tokenizer of a bundle's folder.
func tokenizerBenchmarks(folder: String, on pool: WorkerPool) throws -> [Measurement] {
    let json = try Data(contentsOf: URL(fileURLWithPath: folder + "/config.json"))
    let configuration = try JSONDecoder().decode(BundleConfiguration.self, from: json).tokenizer
    let weights = try SafetensorsFile(path: folder + "/semantic_tokenizer.safetensors")
    let tokenizer = try Tokenizer(configuration, from: WeightScope(weights))
    var random = SeededGenerator(seed: 1)
    let samples = (0..<20 * configuration.sampleRate).map { _ in random.nextNormal() * 0.1 }
    let frames = tokenizer.frames(of: samples, on: pool)
    func measurement(_ name: String, _ body: () -> Void) -> Measurement {
        let seconds = median(of: 5, on: pool, body)
        return Measurement(name: name, microseconds: seconds * 1e6, realTimeFactor: 20 / seconds)
    }
    return [
        measurement("semantic tokenizer, front end") { _ = tokenizer.frames(of: samples, on: pool) },
        measurement("semantic tokenizer, encoder") { _ = tokenizer.activations(of: frames, on: pool) },
        measurement("semantic tokenizer, whole") { _ = tokenizer.tokenize(samples, on: pool) },
    ]
}

/// What the benchmark reads of a bundle's `config.json`.
private struct BundleConfiguration: Decodable {
    var tokenizer: TokenizerConfiguration

    enum CodingKeys: String, CodingKey { case tokenizer = "semantic_tokenizer" }
}
