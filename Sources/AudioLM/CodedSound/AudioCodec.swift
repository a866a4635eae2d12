public import Foundation
package import SoundStream
import Tensors

/// The codec of a bundle by itself: sound to a few kilobits a second and back. Immutable; share it freely.
public struct AudioCodec: Sendable {
    /// What coded sound is marked with, since no other codec decodes it.
    public let identity: CodecIdentity
    package let network: Codec
    let pool: WorkerPool

    /// Loads a codec's folder, such as `Models/codec`, or the codec of a bundle's. Throws an error that says in one
    /// line what is missing, damaged or mismatched.
    /// - Parameter threads: threads that compute; nil means one per processor core, at most eight.
    public init(contentsOf folder: URL, threads: Int? = nil) throws {
        var place = folder
        if try ConfigurationFile.modelType(in: folder) == BundleConfiguration.modelType {
            let bundle = try ConfigurationFile.read(
                CodecPlace.self, in: folder, format: BundleConfiguration.currentFormat,
                modelType: BundleConfiguration.modelType)
            place = folder.appending(path: bundle.codec).standardizedFileURL
        }
        let configuration = try ConfigurationFile.read(
            CodecConfiguration.self, in: place, format: CodecConfiguration.currentFormat,
            modelType: CodecConfiguration.modelType)
        network = try Networks.load("codec", in: place) {
            try Codec(configuration: configuration, weights: $0)
        }.network
        identity = try CodecIdentity(of: place)
        pool = WorkerPool(threads: threads ?? min(ProcessInfo.processInfo.activeProcessorCount, 8))
    }

    /// Samples per second of what the codec works on; other sound is resampled.
    public var sampleRate: Int { network.configuration.sampleRate }

    /// Codes of a frame; fewer make sound of fewer bits.
    public var levels: Int { network.configuration.levels }

    /// Bits of a code.
    var bits: Int { max(1, Int.bitWidth - (network.configuration.codebookSize - 1).leadingZeroBitCount) }

    /// Frames that must follow a sample before it can be decoded.
    var delay: Int { network.configuration.delay }

    /// Where a bundle has its codec.
    private struct CodecPlace: Decodable {
        let codec: String
    }
}
