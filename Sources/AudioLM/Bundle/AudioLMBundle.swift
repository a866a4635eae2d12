public import Foundation
import SemanticTokenizer
import SoundStream
import Tensors
import TokenTransformers

/// A trained model, loaded from a folder such as `Models/piano`. Immutable; share it freely.
public struct AudioLMBundle: Sendable {
    /// As its config.json has it.
    public let name: String
    let folder: URL
    let codecFolder: URL
    package let networks: Networks
    let sampling: BundleConfiguration.StageSampling
    let addsRoomTone: Bool
    let pool: WorkerPool

    /// Loads and checks everything; throws `BundleError`.
    /// - Parameter threads: threads that compute; nil means one per processor core, at most eight.
    public init(contentsOf folder: URL, threads: Int? = nil) throws {
        let configuration = try ConfigurationFile.read(
            BundleConfiguration.self, in: folder, format: BundleConfiguration.currentFormat,
            modelType: BundleConfiguration.modelType)
        for stage in TokenStage.allCases {
            guard let fault = configuration.sampling[stage].fault else { continue }
            throw BundleError.configuration(
                path: folder.appending(path: "config.json").relativePath,
                reason: "sampling.\(stage.rawValue): \(fault)")
        }
        if let fault = configuration.detector?.fault ?? configuration.reranking?.fault
            ?? configuration.sustain?.fault
        {
            throw BundleError.configuration(
                path: folder.appending(path: "config.json").relativePath, reason: fault)
        }
        name = configuration.name
        self.folder = folder
        codecFolder = folder.appending(path: configuration.codec).standardizedFileURL
        pool = WorkerPool(threads: threads ?? min(ProcessInfo.processInfo.activeProcessorCount, 8))
        networks = try Networks(configuration, folder: folder, codecFolder: codecFolder, on: pool)
        sampling = configuration.sampling
        addsRoomTone = configuration.roomTone ?? false
    }

    /// Samples per second of all sound that goes in and out.
    public var sampleRate: Int { networks.codec.configuration.sampleRate }

    /// Number of different semantic tokens.
    public var semanticVocabulary: Int { networks.semanticStage.configuration.vocabulary }

    /// Whether it chooses, of several ways to go on, the one that is most like the prompt.
    public var choosesAmongCandidates: Bool { networks.reranking != nil }

    /// Seconds of a prompt's end that the models hear at most: more of it changes nothing.
    public var promptSeconds: Double {
        Double(networks.semanticStage.configuration.attentionWindow)
            * Double(networks.semanticTokenizer.configuration.frameSamples) / Double(sampleRate)
    }

    /// Sound as tokens. An incomplete last frame counts as a frame; a few acoustic ones more, of silence, let
    /// `detokenize` give all of the sound back.
    /// - Parameter samples: mono at `sampleRate`, finite.
    public func tokenize(_ samples: [Float]) throws -> AudioTokens {
        AudioTokens(
            semantic: try semanticTokens(samples),
            acoustic: networks.codec.encode(samples: samples, on: pool).rows)
    }

    /// The semantic tokens of `tokenize` alone, in half of the time.
    public func semanticTokens(_ samples: [Float]) throws -> [Int] {
        try requireFinite(samples)
        return networks.semanticTokenizer.tokenize(samples, on: pool)
    }

    /// The sound of acoustic tokens: as many samples as their frames stand for, but for the last few frames, which
    /// the sound of those before them needs.
    public func detokenize(_ tokens: AudioTokens) throws -> [Float] {
        guard let codes = CodeFrames(rows: tokens.acoustic) else {
            throw ContinuationError("acoustic tokens need the same levels, at least one, in every frame")
        }
        let delay = networks.codec.configuration.delay
        guard codes.count > delay else {
            throw ContinuationError(
                "\(codes.count) acoustic frames hold no sound; expected more than \(delay)")
        }
        return try networks.codec.decode(codes: codes, on: pool)
    }

    func requireFinite(_ samples: [Float]) throws {
        guard samples.allSatisfy(\.isFinite) else {
            throw ContinuationError("the sound holds NaN or infinite samples; export it again")
        }
    }
}
