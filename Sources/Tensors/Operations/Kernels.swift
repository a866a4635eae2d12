internal import CKernels
import Foundation

/// The kernels chosen for this process, immutable tables of C functions.
nonisolated(unsafe) let kernels: UnsafePointer<audiolm_kernels> = audiolm_kernels_best()

/// What the numerics of this process run on, for reports.
package enum KernelInformation {
    /// The instruction set in use: `ref`, `avx2`, `avxvnni`, `avx512`, `vnni`, `amx` or `neon`; the environment
    /// variable `AUDIOLM_ISA` asks for another than the best.
    package static var instructionSet: String { String(cString: kernels.pointee.name) }

    /// Throws where the instruction set that was asked for is not the one in use.
    package static func requireWanted() throws {
        guard let wanted = ProcessInfo.processInfo.environment["AUDIOLM_ISA"], !wanted.isEmpty,
            wanted != instructionSet
        else { return }
        throw InstructionSetMissing(wanted: wanted)
    }
}

/// An instruction set that was asked for, and for which there are no kernels here.
package struct InstructionSetMissing: Error, Equatable, CustomStringConvertible {
    let wanted: String

    package var description: String {
        "AUDIOLM_ISA is \(wanted), for which this processor has no kernels; correct or unset it"
    }
}
