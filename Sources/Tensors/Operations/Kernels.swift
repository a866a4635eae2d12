internal import CKernels

/// The kernels chosen for this process, immutable tables of C functions.
nonisolated(unsafe) let kernels: UnsafePointer<audiolm_kernels> = audiolm_kernels_best()

/// What the numerics of this process run on, for reports.
package enum KernelInformation {
    /// The instruction set in use: `ref`, `avx2`, `avxvnni`, `avx512`, `vnni`, `amx` or `neon`; the environment
    /// variable `AUDIOLM_ISA` asks for another than the best.
    package static var instructionSet: String { String(cString: kernels.pointee.name) }
}
