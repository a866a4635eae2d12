import Foundation
import NeuralLayers
import SemanticTokenizer
import SoundStream
import Tensors
import TokenTransformers

extension AudioLMBundle {
    /// Runs every network on the inputs of the bundle's golden files and compares with what PyTorch computed.
    /// Throws only where a golden file cannot be used at all.
    public func verify() throws -> [VerificationResult] {
        let bundle = try GoldenFile(folder.appending(path: "golden.safetensors"))
        let codec = try GoldenFile(codecFolder.appending(path: "golden.safetensors"))
        let parts = [
            try bundle.verify("semantic_tokenizer", verifyTokenizer),
            try bundle.verify("semantic_stage", verifySemanticStage),
            try bundle.verify("coarse_stage", verifyCoarseStage),
            try bundle.verify("fine_stage", verifyFineStage),
            try codec.verify("codec", verifyCodec),
        ]
        return try networks.detector.map { detector in
            parts + [try bundle.verify("detector") { try verify(detector, $0) }]
        } ?? parts
    }

    private func verify(_ detector: Detector, _ golden: GoldenPart) throws -> [Comparison] {
        let samples = try golden.tensor("samples").elements
        guard samples.count == detector.configuration.crop else { throw golden.damage("samples") }
        return [
            .closeness(
                "logits", Tensor([1], [detector.logit(of: samples, on: pool)]), try golden.tensor("logits"))
        ]
    }

    private func verifyTokenizer(_ golden: GoldenPart) throws -> [Comparison] {
        let tokens = networks.semanticTokenizer.tokenize(try golden.tensor("samples").elements, on: pool)
        return [.agreement("tokens", tokens, try golden.integers("tokens"))]
    }

    private func verifySemanticStage(_ golden: GoldenPart) throws -> [Comparison] {
        let configuration = networks.semanticStage.configuration
        let tokens = try golden.integers("tokens", below: configuration.vocabulary)
        let expected = try golden.tensor("logits")
        let exact = try exactly("semantic stage") { try SemanticStage(configuration, from: $0) }
        return [
            .nearness("logits", exact.logits(tokens, on: pool), expected),
            .likeness("logits", networks.semanticStage.logits(tokens, on: pool), expected),
        ]
    }

    private func verifyCoarseStage(_ golden: GoldenPart) throws -> [Comparison] {
        let configuration = networks.coarseStage.configuration
        let codes = try golden.frames("codes", levels: configuration.levels, below: configuration.codes)
        let tokens = try golden.integers("tokens", below: configuration.semanticVocabulary)
        let expected = try golden.tensor("logits")
        guard expected.shape == [codes.count, configuration.levels, configuration.codes] else {
            throw golden.damage("logits")
        }
        let flat = expected.reshaped([codes.count, configuration.levels * configuration.codes])
        let exact = try exactly("coarse stage") { try CoarseStage(configuration, from: $0) }
        func compare(
            _ stage: CoarseStage, _ comparison: (String, Tensor, Tensor) -> Comparison
        ) -> [Comparison] {
            stage.logits(codes, semantic: tokens, heard: codes, on: pool).enumerated().map { level, logits in
                let columns = (level * configuration.codes)..<((level + 1) * configuration.codes)
                return comparison("level \(level)", logits, flat.columns(columns))
            }
        }
        return compare(exact, Comparison.nearness) + compare(networks.coarseStage, Comparison.likeness)
    }

    private func verifyFineStage(_ golden: GoldenPart) throws -> [Comparison] {
        let configuration = networks.fineStage.configuration
        let codes = try golden.frames("codes", levels: configuration.levels, below: configuration.codes)
        guard let prompt = try golden.integers("prompt").first, (0...codes.count).contains(prompt) else {
            throw golden.damage("prompt")
        }
        let exact = try exactly("fine stage") { try FineStage(configuration, from: $0) }
        let levels = [
            ("first_logits", configuration.coarseLevels), ("last_logits", configuration.levels - 1),
        ]
        return try levels.flatMap { name, level -> [Comparison] in
            let expected = try golden.tensor(name)
            func logits(_ stage: FineStage) -> Tensor {
                stage.logits(level, of: codes, promptFrames: prompt, on: pool)
            }
            return [
                .closeness(name, logits(exact), expected),
                .likeness(name, logits(networks.fineStage), expected),
            ]
        }
    }

    /// A stage whose inputs are rounded so finely that it must give what was computed in floats.
    private func exactly<Stage>(_ name: String, _ make: (WeightScope) throws -> Stage) throws -> Stage {
        try Networks.load(name, in: folder, rounding: .sixteenBits, make).network
    }

    private func verifyCodec(_ golden: GoldenPart) throws -> [Comparison] {
        let configuration = networks.codec.configuration
        let all = try verifyCodec(golden, levels: configuration.levels, prefix: "")
        guard configuration.adaptedLevels > 0 else { return all }
        return all + (try verifyCodec(golden, levels: configuration.adaptedLevels, prefix: "few_"))
    }

    private func verifyCodec(_ golden: GoldenPart, levels: Int, prefix: String) throws -> [Comparison] {
        let codec = networks.codec
        let expected = try golden.frames(
            prefix + "codes", levels: levels, below: codec.configuration.codebookSize
        ).flatMap { $0 }
        let samples = try golden.tensor("samples").elements
        let codes = codec.encode(samples: samples, levels: levels, on: pool)
        let decoded = try codec.decode(codes: CodeFrames(levels: levels, codes: expected), on: pool)
        return [
            .agreement(prefix + "codes", codes.codes, expected),
            .closeness(
                prefix + "decoded", Tensor([decoded.count], decoded), try golden.tensor(prefix + "decoded")),
        ]
    }
}
