internal import CKernels

/// The greatest of every sixteen of many numbers, to pass over those that cannot matter.
package enum BlockMaxima {
    /// Numbers of a block, which has `lanes` maxima: of the block's numbers lane, lane + 16, lane + 32, ...
    package static let size = lanes * lanes
    package static let lanes = Int(AUDIOLM_LANES)

    /// The maxima of all whole blocks of `count` numbers, block after block.
    package static func find(_ x: UnsafePointer<Float>, count: Int, into maxima: UnsafeMutablePointer<Float>)
    {
        kernels.pointee.block_maxima(x, count / size, maxima)
    }
}
