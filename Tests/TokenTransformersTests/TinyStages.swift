import Foundation
import NeuralLayers
import Tensors
import Testing
import TokenTransformers

/// The tiny stages of Tests/Fixtures, made by Training/audiolm_training/fixtures/stages.py.
enum TinyStages {
    static func semantic() throws -> SemanticStage {
        try load("semantic_stage") { try SemanticStage($0, from: $1) }
    }

    static func coarse() throws -> CoarseStage {
        try load("coarse_stage") { try CoarseStage($0, from: $1) }
    }

    static func fine() throws -> FineStage {
        try load("fine_stage") { try FineStage($0, from: $1) }
    }

    /// Inputs and logits that PyTorch computed.
    static func golden(_ name: String) throws -> SafetensorsFile {
        try SafetensorsFile(path: folder.appending(path: "\(name)/io.safetensors").path)
    }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures")

    private static func load<Configuration: Decodable, Stage>(
        _ name: String, _ make: (Configuration, WeightScope) throws -> Stage
    ) throws -> Stage {
        let files = folder.appending(path: name)
        let configuration = try JSONDecoder().decode(
            Configuration.self, from: Data(contentsOf: files.appending(path: "config.json")))
        let weights = WeightScope(
            try SafetensorsFile(path: files.appending(path: "model.safetensors").path))
        let stage = try make(configuration, weights)
        try weights.requireAllUsed()
        return stage
    }
}

/// The largest absolute difference of two tensors of one shape.
func largestDifference(_ a: Tensor, _ b: Tensor) -> Float {
    #expect(a.shape == b.shape)
    return zip(a.elements, b.elements).reduce(0) { max($0, abs($1.0 - $1.1)) }
}

/// A flat list of codes as `[frames][levels]`.
func frames(_ codes: [Int], levels: Int) -> [[Int]] {
    stride(from: 0, to: codes.count, by: levels).map { Array(codes[$0..<($0 + levels)]) }
}
