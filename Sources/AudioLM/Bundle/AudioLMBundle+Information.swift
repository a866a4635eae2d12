import Foundation
import Tensors

extension AudioLMBundle {
    /// What the bundle consists of and what it runs on.
    public var information: BundleInformation {
        BundleInformation(
            name: name, folder: folder.relativePath, format: BundleConfiguration.currentFormat,
            parts: networks.parts, instructionSet: KernelInformation.instructionSet,
            threads: pool.threadCount)
    }
}
