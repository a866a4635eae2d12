import Foundation
import NeuralLayers
package import SemanticTokenizer
package import SoundStream
import Tensors
package import TokenTransformers

/// The networks of a bundle, which agree with one another.
package struct Networks: Sendable {
    package let codec: Codec
    package let semanticTokenizer: Tokenizer
    package let semanticStage: SemanticStage
    package let coarseStage: CoarseStage
    package let fineStage: FineStage
    let detector: Detector?
    let reranking: Reranking?
    let sustain: Sustain?
    /// Name, weights and number of parameters of each part.
    let parts: [BundleInformation.Part]

    /// Loads all parts, side by side on the pool's threads; throws `BundleError`.
    init(
        _ configuration: BundleConfiguration, folder: URL, codecFolder: URL, on pool: WorkerPool
    ) throws {
        let codecConfiguration = try ConfigurationFile.read(
            CodecConfiguration.self, in: codecFolder, format: CodecConfiguration.currentFormat,
            modelType: CodecConfiguration.modelType)
        func part<Network>(
            _ name: String, rounding: InputRounding = .sixteenBits,
            _ make: @escaping (WeightScope) throws -> Network
        ) -> Deferred<Loaded<Network>> {
            Deferred { try Self.load(name, in: folder, rounding: rounding, make) }
        }
        func stage<Stage>(_ name: String, _ make: @escaping (WeightScope) throws -> Stage)
            -> Deferred<Loaded<Stage>>
        {
            part(name, rounding: .sevenBits, make)
        }
        let tokenizer = part("semantic tokenizer") {
            try Tokenizer(configuration.semanticTokenizer, from: $0)
        }
        let semantic = stage("semantic stage") { try SemanticStage(configuration.semanticStage, from: $0) }
        let coarse = stage("coarse stage") { try CoarseStage(configuration.coarseStage, from: $0) }
        let fine = stage("fine stage") { try FineStage(configuration.fineStage, from: $0) }
        let detector = configuration.detector.map { section in
            part("detector") { try Detector(section, from: $0) }
        }
        let usesNotes = configuration.reranking != nil || configuration.sustain != nil
        let notes =
            usesNotes
            ? part("token notes") {
                try TokenNotes(vocabulary: configuration.semanticStage.vocabulary, from: $0)
            } : nil
        let codec = Deferred {
            try Self.load("codec", in: codecFolder) {
                try Codec(configuration: codecConfiguration, weights: $0)
            }
        }
        // The others take less than any of these; the codec takes longest.
        let heavy = [codec.make, coarse.make, semantic.make, tokenizer.make, fine.make]
        pool.run(heavy.count) { heavy[$0]() }

        parts = try [
            tokenizer.value.part, semantic.value.part, coarse.value.part, fine.value.part,
            detector?.value.part, notes?.value.part, codec.value.part,
        ].compactMap { $0 }
        semanticTokenizer = try tokenizer.value.network
        semanticStage = try semantic.value.network
        coarseStage = try coarse.value.network
        fineStage = try fine.value.network
        self.detector = try detector?.value.network
        self.codec = try codec.value.network
        let tokenNotes = try notes?.value.network
        reranking = tokenNotes.flatMap { notes in
            configuration.reranking.map { Reranking(notes: notes, configuration: $0) }
        }
        let tokens = semanticTokenizer.configuration
        let tokenRate = Double(tokens.sampleRate) / Double(tokens.frameSamples)
        sustain = tokenNotes.flatMap { notes in
            configuration.sustain.map { Sustain(notes: notes, configuration: $0, tokenRate: tokenRate) }
        }
        try requireAgreement(path: folder.appending(path: "config.json").relativePath)
    }

    /// A network and what its part of the bundle consists of.
    struct Loaded<Network> {
        let network: Network
        let part: BundleInformation.Part
    }

    /// Makes one part of its weights in `folder`; throws `BundleError`.
    static func load<Network>(
        _ name: String, in folder: URL, rounding: InputRounding = .sixteenBits,
        _ make: (WeightScope) throws -> Network
    ) throws -> Loaded<Network> {
        let file = folder.appending(path: name.replacing(" ", with: "_") + ".safetensors")
        guard let bytes = try? file.resourceValues(forKeys: [.fileSizeKey]).fileSize else {
            throw BundleError.missing(path: file.relativePath)
        }
        do {
            let safetensors = try SafetensorsFile(path: file.path)
            let weights = WeightScope(safetensors, rounding: rounding)
            let network = try make(weights)
            try weights.requireAllUsed()
            let parameters = safetensors.entries.filter { !$0.key.hasSuffix("_scale") }
                .reduce(0) { $0 + $1.value.shape.reduce(1, *) }
            return Loaded(
                network: network,
                part: BundleInformation.Part(
                    name: name, file: file.lastPathComponent, parameters: parameters, bytes: bytes))
        } catch let error where Self.isOfConfiguration(error) {
            let section = file.deletingPathExtension().lastPathComponent
            throw BundleError.configuration(
                path: folder.appending(path: "config.json").relativePath, reason: "\(section): \(error)")
        } catch {
            throw BundleError.weights(path: file.relativePath, reason: "\(error)")
        }
    }

    /// Whether it is config.json that is wrong, not the weights.
    private static func isOfConfiguration(_ error: any Error) -> Bool {
        error is StageConfigurationError || error is TokenizerError || error is CodecError
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
