import CKernels

/// A vector variant that this machine can run.
struct KernelVariant: CustomStringConvertible, Sendable {
    let isa: audiolm_isa
    var description: String { String(cString: kernels.name) }
    var kernels: audiolm_kernels { audiolm_kernels_for(isa)!.pointee }

    /// All that this machine can run, the reference itself included.
    static let available = [
        AUDIOLM_ISA_REF, AUDIOLM_ISA_AVX2, AUDIOLM_ISA_AVXVNNI, AUDIOLM_ISA_AVX512, AUDIOLM_ISA_VNNI,
        AUDIOLM_ISA_AMX, AUDIOLM_ISA_NEON,
    ].filter { audiolm_kernels_for($0) != nil }.map(KernelVariant.init)

    static var reference: audiolm_kernels { audiolm_kernels_for(AUDIOLM_ISA_REF)!.pointee }
}

/// Sizes around the edges of vectors and tiles.
let awkwardSizes = [1, 2, 15, 16, 17, 31, 63, 64, 65, 100, 384]
