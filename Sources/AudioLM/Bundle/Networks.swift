import Foundation
import NeuralLayers
import SemanticTokenizer
import SoundStream
import Tensors
import TokenTransformers

/// The networks of a bundle, which agree with one another.
struct Networks: Sendable {
    let codec: Codec
    let semanticTokenizer: Tokenizer
    let semanticStage: SemanticStage
    let coarseStage: CoarseStage
    let fineStage: FineStage
    let detector: Detector?
    let reranking: Reranking?
    let sustain: Sustain?
    /// Name, weights and number of parameters of each part.
    let parts: [BundleInformation.Part]

    /// Loads all parts; throws `BundleError`.
    init(_ configuration: BundleConfiguration, folder: URL, codecFolder: URL) throws {
        let codecConfiguration = try ConfigurationFile.read(
            CodecConfiguration.self, in: codecFolder, format: CodecConfiguration.currentFormat,
            modelType: CodecConfiguration.modelType)
        var parts: [BundleInformation.Part] = []
        func load<Part>(
            _ name: String, _ file: URL, _ make: (WeightScope) throws -> Part
        ) throws -> Part {
            try Self.load(name, file, &parts, make)
        }
        semanticTokenizer = try load(
            "semantic tokenizer", folder.appending(path: "semantic_tokenizer.safetensors")
        ) {
            try Tokenizer(configuration.semanticTokenizer, from: $0)
        }
        semanticStage = try load("semantic stage", folder.appending(path: "semantic_stage.safetensors")) {
            try SemanticStage(configuration.semanticStage, from: $0)
        }
        coarseStage = try load("coarse stage", folder.appending(path: "coarse_stage.safetensors")) {
            try CoarseStage(configuration.coarseStage, from: $0)
        }
        fineStage = try load("fine stage", folder.appending(path: "fine_stage.safetensors")) {
            try FineStage(configuration.fineStage, from: $0)
        }
        detector = try configuration.detector.map { section in
            try load("detector", folder.appending(path: "detector.safetensors")) {
                try Detector(section, from: $0)
            }
        }
        var notes: TokenNotes?
        if configuration.reranking != nil || configuration.sustain != nil {
            notes = try load("token notes", folder.appending(path: "token_notes.safetensors")) {
                try TokenNotes(vocabulary: configuration.semanticStage.vocabulary, from: $0)
            }
        }
        reranking = notes.flatMap { notes in
            configuration.reranking.map { Reranking(notes: notes, configuration: $0) }
        }
        let tokenizer = semanticTokenizer.configuration
        let tokenRate = Double(tokenizer.sampleRate) / Double(tokenizer.frameSamples)
        sustain = notes.flatMap { notes in
            configuration.sustain.map { Sustain(notes: notes, configuration: $0, tokenRate: tokenRate) }
        }
        codec = try load("codec", codecFolder.appending(path: "codec.safetensors")) {
            try Codec(configuration: codecConfiguration, weights: $0)
        }
        self.parts = parts
        try requireAgreement(path: folder.appending(path: "config.json").relativePath)
    }

    /// Makes one part of the weights in `file` and adds its sizes to `parts`; throws `BundleError`.
    static func load<Part>(
        _ name: String, _ file: URL, _ parts: inout [BundleInformation.Part],
        _ make: (WeightScope) throws -> Part
    ) throws -> Part {
        guard let bytes = try? file.resourceValues(forKeys: [.fileSizeKey]).fileSize else {
            throw BundleError.missing(path: file.relativePath)
        }
        do {
            let safetensors = try SafetensorsFile(path: file.path)
            let weights = WeightScope(safetensors)
            let part = try make(weights)
            try weights.requireAllUsed()
            let parameters = safetensors.entries.filter { !$0.key.hasSuffix("_scale") }
                .reduce(0) { $0 + $1.value.shape.reduce(1, *) }
            parts.append(
                BundleInformation.Part(
                    name: name, file: file.lastPathComponent, parameters: parameters, bytes: bytes))
            return part
        } catch {
            throw BundleError.weights(path: file.relativePath, reason: "\(error)")
        }
    }

    /// Throws unless the parts speak the same tokens.
    private func requireAgreement(path: String) throws {
        func require(_ what: String, _ values: Int...) throws {
            guard values.allSatisfy({ $0 == values[0] }) else {
                throw BundleError.configuration(path: path, reason: "parts disagree about \(what): \(values)")
            }
        }
        let (coarse, fine) = (coarseStage.configuration, fineStage.configuration)
        let (tokenizer, codec) = (semanticTokenizer.configuration, codec.configuration)
        try require(
            "the semantic vocabulary", tokenizer.clusters, semanticStage.configuration.vocabulary,
            coarse.semanticVocabulary)
        try require("the number of coarse levels", coarse.levels, fine.coarseLevels)
        try require("the number of levels", codec.levels, fine.levels)
        try require("the number of codes", codec.codebookSize, coarse.codes, fine.codes)
        try require("the sample rate", codec.sampleRate, tokenizer.sampleRate)
        try require(
            "the samples of a semantic token", tokenizer.frameSamples,
            codec.hop * coarse.framesPerSemanticToken)
    }
}
