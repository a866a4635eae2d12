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

    /// Branches that share nothing in memory are sequences of their own, with all of their past in one place.
    @Test(arguments: KernelVariant.available, [8, 16, 20, 64, 80])
    func branchesEqualSequencesOfTheirOwn(variant: KernelVariant, dim: Int) {
        for (position, common, window, capacity) in [
            (0, 0, 4, 8), (5, 5, 9, 9), (12, 9, 100, 20), (40, 33, 17, 50), (40, 35, 17, 21), (30, 10, 8, 16),
        ] {
            for count in [1, 3, 4, 9] {
                let run = { (kernels: audiolm_kernels, branched: Int) in
                    attend(
                        kernels, dim: dim, branches: count, position: position, common: common,
                        branched: branched, window: window, capacity: capacity)
                }
                let note = "\(count) branches at \(position) from \(common), window \(window)"
                expectIdentical(run(variant.kernels, common), run(KernelVariant.reference, 0), note)
            }
        }
    }

    /// Attention of branches that have the first `common` positions in common and the first `branched` in one ring.
    private func attend(
        _ kernels: audiolm_kernels, dim: Int, branches: Int, position: Int, common: Int, branched: Int,
        window: Int, capacity: Int
    ) -> [Float] {
        let heads = 2
        let own = position + 1 - branched
        var random = SeededGenerator(seed: 5)
        let q = random.normals(branches * heads * dim)
        // What is outside of the window must not matter.
        let unseen = Float16.greatestFiniteMagnitude.bitPattern
        var rings = [[UInt16]](
            repeating: [UInt16](repeating: unseen, count: heads * capacity * dim), count: 2)
        var tails = [[UInt16]](
            repeating: [UInt16](repeating: unseen, count: branches * heads * own * dim), count: 2)
        for kind in 0..<2 {
            for place in 0...position {
                for head in 0..<heads {
                    let shared = random.normals(dim).map { Float16($0).bitPattern }
                    for branch in 0..<branches {
                        let other = random.normals(dim).map { Float16($0).bitPattern }
                        let row = place < common ? shared : other
                        if place < branched {
                            let start = (head * capacity + place % capacity) * dim
                            rings[kind].replaceSubrange(start..<start + dim, with: row)
                        } else {
                            let start = ((branch * heads + head) * own + place - branched) * dim
                            tails[kind].replaceSubrange(start..<start + dim, with: row)
                        }
                    }
                }
            }
        }
        var y = [Float](repeating: 0, count: branches * heads * dim)
        var scores = [Float](repeating: 0, count: Int(AUDIOLM_QUERIES) * (position + 1))
        y.withUnsafeMutableBufferPointer { y in
            q.withUnsafeBufferPointer { q in
                Self.withPointers(rings + tails) { past in
                    var task = audiolm_branched_attention(
                        shared: audiolm_attention(
                            q: q.baseAddress!, q_stride: heads * dim, k: past[0], v: past[1],
                            y: y.baseAddress!, y_stride: heads * dim, head_dim: dim,
                            first_position: position, window: window, capacity: capacity,
                            score_scale: 1 / Float(dim).squareRoot()),
                        branch_k: past[2], branch_v: past[3], heads: heads, branched: branched,
                        branch_capacity: own)
                    kernels.branched_attention(&task, 0, branches, 0, heads, &scores)
                }
            }
        }
        return y
    }

    private static func withPointers(
        _ arrays: [[UInt16]], _ body: ([UnsafePointer<UInt16>]) -> Void,
        _ pointers: [UnsafePointer<UInt16>] = []
    ) {
        guard pointers.count < arrays.count else { return body(pointers) }
        arrays[pointers.count].withUnsafeBufferPointer {
            withPointers(arrays, body, pointers + [$0.baseAddress!])
        }
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
