import CKernels
import Foundation
import Tensors
import TestSupport
import Testing

@Suite struct AttentionKernelTests {
    /// Attention of `queries` positions from `first` on, keys and values of all positions in a ring of `capacity`.
    private func attend(
        _ kernels: audiolm_kernels, dim: Int, heads: Int, first: Int, queries: Int, window: Int, capacity: Int
    ) -> [Float] {
        var random = SeededGenerator(seed: 3)
        let width = dim * heads
        let end = first + queries
        let q = random.normals(queries * width)
        // What is outside of the window must not matter.
        var k = [UInt16](repeating: Float16.greatestFiniteMagnitude.bitPattern, count: heads * capacity * dim)
        var v = k
        for position in 0..<end {
            for head in 0..<heads {
                let row = (head * capacity + position % capacity) * dim
                k.replaceSubrange(row..<row + dim, with: random.normals(dim).map { Float16($0).bitPattern })
                v.replaceSubrange(row..<row + dim, with: random.normals(dim).map { Float16($0).bitPattern })
            }
        }
        var y = [Float](repeating: 0, count: queries * width)
        var scores = [Float](
            repeating: 0, count: Int(AUDIOLM_QUERIES) * (end + Int(AUDIOLM_QUERIES)))
        y.withUnsafeMutableBufferPointer { y in
            k.withUnsafeBufferPointer { k in
                v.withUnsafeBufferPointer { v in
                    q.withUnsafeBufferPointer { q in
                        var task = audiolm_attention(
                            q: q.baseAddress!, q_stride: width, k: k.baseAddress!, v: v.baseAddress!,
                            y: y.baseAddress!, y_stride: width, head_dim: dim, first_position: first,
                            window: window, capacity: capacity, score_scale: 1 / Float(dim).squareRoot())
                        kernels.attention(&task, 0, queries, 0, heads, &scores)
                    }
                }
            }
        }
        return y
    }

    @Test(arguments: KernelVariant.available, [1, 8, 16, 20, 64, 80, 96])
    func variantsEqualTheReference(variant: KernelVariant, dim: Int) {
        for (first, queries, window, capacity) in [
            (0, 1, 4, 8), (0, 5, 5, 5), (3, 2, 100, 8), (30, 3, 17, 20), (40, 1, 33, 33), (0, 40, 40, 40),
            (25, 11, 17, 30),
        ] {
            let run = {
                attend(
                    $0, dim: dim, heads: 3, first: first, queries: queries, window: window, capacity: capacity
                )
            }
            expectIdentical(
                run(variant.kernels), run(KernelVariant.reference), "dim \(dim) at \(first), window \(window)"
            )
        }
    }

    @Test(arguments: KernelVariant.available)
    func placeInTheRingDoesNotMatter(variant: KernelVariant) {
        let run = {
            attend(variant.kernels, dim: 20, heads: 2, first: 10, queries: 4, window: 14, capacity: $0)
        }
        expectIdentical(run(14), run(50))
    }

    @Test(arguments: KernelVariant.available)
    func depthwiseEqualsTheReference(variant: KernelVariant) {
        var random = SeededGenerator(seed: 8)
        for (channels, taps, dilation) in [(1, 1, 1), (17, 7, 1), (64, 3, 2), (100, 5, 3)] {
            let frames = 9
            let x = random.normals((frames + (taps - 1) * dilation) * channels)
            let weight = random.normals(taps * channels)
            let bias = random.normals(channels)
            let run = { (kernels: audiolm_kernels) in
                var y = [Float](repeating: 0, count: frames * channels)
                y.withUnsafeMutableBufferPointer { y in
                    x.withUnsafeBufferPointer { x in
                        weight.withUnsafeBufferPointer { weight in
                            bias.withUnsafeBufferPointer { bias in
                                var task = audiolm_depthwise(
                                    x: x.baseAddress!, weight: weight.baseAddress!, bias: bias.baseAddress,
                                    y: y.baseAddress!, frames: frames, channels: channels, taps: taps,
                                    dilation: dilation)
                                kernels.depthwise(&task, 0, frames)
                            }
                        }
                    }
                }
                return y
            }
            expectIdentical(
                run(variant.kernels), run(KernelVariant.reference), "\(channels) channels, \(taps) taps")
        }
    }
}
