import Foundation
import NeuralLayers
import Tensors
import TestSupport
import Testing

@testable import SemanticTokenizer

/// The tokenizer that the repository ships, against what PyTorch computed when it was exported.
@Suite(.enabled(if: FileManager.default.fileExists(atPath: ShippedTokenizer.weights)))
struct ShippedTokenizerTests {
    let tokenizer: Tokenizer
    let golden: SafetensorsFile
    let pool = WorkerPool(threads: 2)

    init() throws {
        let json = try Data(contentsOf: URL(filePath: Fixtures.model("piano") + "/config.json"))
        let configuration = try JSONDecoder().decode(ShippedTokenizer.Bundle.self, from: json).tokenizer
        let weights = WeightScope(try SafetensorsFile(path: ShippedTokenizer.weights))
        tokenizer = try Tokenizer(configuration, from: weights)
        golden = try SafetensorsFile(path: Fixtures.model("piano") + "/golden.safetensors")
    }

    @Test func activationsAreThoseExported() throws {
        let frames = tokenizer.frames(of: try golden.tensor("semantic_tokenizer.samples").elements, on: pool)
        expectClose(
            tokenizer.activations(of: frames, on: pool), try golden.tensor("semantic_tokenizer.activations"),
            absolute: 2e-3, relative: 1e-3)
    }

    /// A token may differ where two centroids are equally near to within rounding.
    @Test func tokensAreThoseExported() throws {
        let expected = try golden.integers("semantic_tokenizer.tokens")
        let actual = tokenizer.tokenize(try golden.tensor("semantic_tokenizer.samples").elements, on: pool)
        #expect(actual.count == expected.count)
        #expect(zip(actual, expected).count { $0 == $1 } >= expected.count - 1)
    }
}

/// Where the shipped tokenizer lies.
private enum ShippedTokenizer {
    static var weights: String { Fixtures.model("piano") + "/semantic_tokenizer.safetensors" }

    /// What these tests read of `config.json`.
    struct Bundle: Decodable {
        var tokenizer: TokenizerConfiguration

        enum CodingKeys: String, CodingKey { case tokenizer = "semantic_tokenizer" }
    }
}
