import Foundation
import NeuralLayers
import Tensors
import TestSupport
import Testing

@testable import SemanticTokenizer

/// A tiny tokenizer with random weights against its PyTorch twin, stage by stage.
struct TokenizerParityTests {
    let tokenizer: Tokenizer
    let golden: SafetensorsFile
    let pool = WorkerPool(threads: 1)

    init() throws {
        tokenizer = try TinyTokenizer.load()
        golden = try SafetensorsFile(path: Fixtures.path("semantic_tokenizer/io.safetensors"))
    }

    @Test func framesMatch() throws {
        let frames = tokenizer.frames(of: try golden.tensor("samples").elements, on: pool)
        expectClose(frames, try golden.tensor("frames"), absolute: 2e-5, relative: 2e-5, "frames")
    }

    @Test func everyBlockMatches() throws {
        let window = try golden.tensor("frames").rows(0..<tokenizer.configuration.windowFrames)
        for (number, output) in tokenizer.blockOutputs(of: window, on: pool).enumerated() {
            expectClose(
                output, try golden.tensor("block.\(number)"), absolute: 2e-5, relative: 2e-5,
                "block \(number)")
        }
    }

    @Test func activationsMatch() throws {
        let window = try golden.tensor("frames").rows(0..<tokenizer.configuration.windowFrames)
        expectClose(
            tokenizer.activations(of: window, on: pool), try golden.tensor("activations"), absolute: 2e-5,
            relative: 2e-5, "activations")
    }

    @Test func tokensOfSeveralWindowsMatch() throws {
        let samples = try golden.tensor("samples").elements
        #expect(tokenizer.tokenize(samples, on: pool) == (try golden.integers("tokens")))
    }

    @Test func threadsDoNotMatter() throws {
        let samples = try golden.tensor("samples").elements
        let (one, two) = (tokenizer.frames(of: samples, on: pool), WorkerPool(threads: 2))
        expectIdentical(tokenizer.frames(of: samples, on: two), one, "frames")
        expectIdentical(
            tokenizer.activations(of: one, on: two), tokenizer.activations(of: one, on: pool), "activations")
    }
}

/// The committed tiny tokenizer.
enum TinyTokenizer {
    static func configuration() throws -> TokenizerConfiguration {
        let json = try Data(contentsOf: URL(filePath: Fixtures.path("semantic_tokenizer/config.json")))
        return try JSONDecoder().decode(TokenizerConfiguration.self, from: json)
    }

    static func load(_ configuration: TokenizerConfiguration? = nil) throws -> Tokenizer {
        let file = try SafetensorsFile(path: Fixtures.path("semantic_tokenizer/model.safetensors"))
        return try Tokenizer(configuration ?? self.configuration(), from: WeightScope(file))
    }
}
