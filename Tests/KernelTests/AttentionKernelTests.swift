import CKernels
import Foundation
import Tensors
import TestSupport
import Testing

@Suite struct AttentionKernelTests {
    @Test(arguments: KernelVariant.available, [1, 4, 16, 20, 64, 96])
    func rowsAreRememberedAsTheReferenceDoes(variant: KernelVariant, dim: Int) {
        let (own, reference) = (
            Past(lists: 2, capacity: 32, dim: dim), Past(lists: 2, capacity: 32, dim: dim)
        )
        for place in 0..<32 {
            own.remember(variant.kernels, list: place % 2, place: place)
            reference.remember(KernelVariant.reference, list: place % 2, place: place)
        }
        #expect(own.bytes == reference.bytes)
    }

    /// Four places at a time where they begin a group, across the end of the ring.
    @Test(arguments: KernelVariant.available, [4, 20, 64])
    func manyRowsAreRememberedAsOneAfterTheOther(variant: KernelVariant, dim: Int) {
        var random = SeededGenerator(seed: 21)
        let (count, stride) = (45, dim + 3)
        let (keys, values) = (random.normals(count * stride), random.normals(count * stride))
        let (together, apart) = (
            Past(lists: 1, capacity: 48, dim: dim), Past(lists: 1, capacity: 48, dim: dim)
        )
        var past = together.past
        variant.kernels.remember(&past, 0, 6, count, keys, values, stride, dim)
        for row in 0..<count {
            let numbers = row * stride..<row * stride + dim
            apart.remember(
                KernelVariant.reference, list: 0, place: (6 + row) % 48, key: Array(keys[numbers]),
                value: Array(values[numbers]))
        }
        #expect(together.bytes == apart.bytes)
    }

    @Test func bytesAreTheNearest() {
        let past = Past(lists: 1, capacity: 16, dim: 3)
        past.remember(KernelVariant.reference, list: 0, place: 5, key: [1, -0.5, 0.1], value: [0, 0, 0])
        let past5 = past.past
        #expect((0..<4).map { past5.keys[4 * 5 + $0] } == [127, -64, 13, 0])
        #expect(past5.key_sums[5] == 127 - 64 + 13)
        #expect(past5.key_scale[5] == Float(1) / 127)
        #expect(past5.value_scale[5] == 0)
    }

    /// Attention of `queries` positions from `first` on, keys and values of all positions in rings of `capacity`.
    private func attend(
        _ kernels: audiolm_kernels, dim: Int, heads: Int, first: Int, queries: Int, window: Int, capacity: Int
    ) -> [Float] {
        let width = dim * heads
        let past = Past(lists: heads, capacity: capacity, dim: dim)
        for position in 0..<(window == 0 ? first : first + queries) {
            for head in 0..<heads {
                past.remember(
                    kernels, list: head, place: position % capacity, seed: UInt64(position * heads + head))
            }
        }
        var y = [Float](repeating: 0, count: queries * width)
        let q = Self.queries(queries * width)
        y.withUnsafeMutableBufferPointer { y in
            q.withUnsafeBufferPointer { q in
                var task = audiolm_attention(
                    q: q.baseAddress!, q_stride: width, past: past.past, y: y.baseAddress!, y_stride: width,
                    head_dim: dim, first_position: first, window: window,
                    score_scale: 1 / Float(dim).squareRoot())
                withScratch(first + queries, dim) { kernels.attention(&task, 0, queries, 0, heads, $0) }
            }
        }
        return y
    }

    private static func queries(_ count: Int) -> [Float] {
        var random = SeededGenerator(seed: 3)
        return random.normals(count)
    }

    private func withScratch(_ seen: Int, _ dim: Int, _ body: (UnsafeMutableRawPointer) -> Void) {
        // What scratch memory holds must not matter.
        let count = audiolm_attention_scratch(seen, Past.padded(dim))
        let scratch = UnsafeMutableRawPointer.allocate(byteCount: count, alignment: 64)
        scratch.initializeMemory(as: UInt8.self, repeating: 0xff, count: count)
        body(scratch)
        scratch.deallocate()
    }

    @Test(arguments: KernelVariant.available, [2, 8, 16, 20, 64, 80, 96])
    func variantsEqualTheReference(variant: KernelVariant, dim: Int) {
        for (first, queries, window, capacity) in [
            (0, 1, 4, 16), (0, 5, 5, 16), (3, 2, 100, 16), (30, 3, 17, 32), (40, 1, 33, 48), (0, 40, 40, 48),
            (25, 11, 17, 32), (200, 4, 150, 160), (75, 75, 0, 80), (64, 6, 0, 64), (1, 1, 0, 16),
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

    /// Attention of some of 12 queries to 20 places, some of whose numbers are odd; rows that nobody asked for stay -1.
    private func attendToOddNumbers(_ kernels: audiolm_kernels, dim: Int, queries: Range<Int>) -> [Float] {
        let odd: [Float] = [.nan, .infinity, -.infinity, 1e38, 1e-38, -0.0]
        let past = Past(lists: 1, capacity: 32, dim: dim)
        for place in 0..<20 {
            var (key, value) = Past.row(seed: UInt64(place), dim: dim)
            if place % 3 == 1 { key[place % dim] = odd[place % odd.count] }
            if place % 4 == 1 { value[(place + 1) % dim] = odd[(place / 2) % odd.count] }
            past.remember(kernels, list: 0, place: place, key: key, value: value)
        }
        var q = Self.queries(12 * dim)
        for query in [2, 5, 6, 11] { q[query * dim + query % dim] = odd[query % odd.count] }
        var y = [Float](repeating: -1, count: 12 * dim)
        y.withUnsafeMutableBufferPointer { y in
            q.withUnsafeBufferPointer { q in
                var task = audiolm_attention(
                    q: q.baseAddress!, q_stride: dim, past: past.past, y: y.baseAddress!, y_stride: dim,
                    head_dim: dim, first_position: 8, window: 11, score_scale: 0.3)
                withScratch(20, dim) {
                    kernels.attention(&task, queries.lowerBound, queries.upperBound, 0, 1, $0)
                }
            }
        }
        return y
    }

    @Test(arguments: KernelVariant.available, [5, 16, 20, 64])
    func oddNumbersAndPartsOfTheQueriesAreThoseOfTheReference(variant: KernelVariant, dim: Int) {
        func bits(_ numbers: [Float]) -> [UInt32] { numbers.map { $0.isNaN ? UInt32.max : $0.bitPattern } }
        let whole = attendToOddNumbers(KernelVariant.reference, dim: dim, queries: 0..<12)
        for queries in [0..<12, 2..<9, 3..<5, 1..<6, 11..<12] {
            let expected = whole.enumerated().map { queries.contains($0 / dim) ? $1 : -1 }
            let found = attendToOddNumbers(variant.kernels, dim: dim, queries: queries)
            #expect(bits(found) == bits(expected), "queries \(queries) of \(dim) numbers")
        }
    }

    @Test(arguments: KernelVariant.available)
    func placeInTheRingDoesNotMatter(variant: KernelVariant) {
        let run = {
            attend(variant.kernels, dim: 20, heads: 2, first: 50, queries: 4, window: 14, capacity: $0)
        }
        expectIdentical(run(32), run(64))
    }

    /// Attention in double precision, of the numbers before they were rounded.
    @Test func isCloseToAttentionInFloats() {
        let (dim, count) = (32, 40)
        let q = Self.queries(dim)
        let rows = (0..<count).map { Past.row(seed: UInt64($0), dim: dim) }
        let weights = rows.map { row in
            exp(zip(q, row.key).reduce(0) { $0 + Double($1.0) * Double($1.1) } / Double(dim).squareRoot())
        }
        let total = weights.reduce(0, +)
        let expected = (0..<dim).map { d in
            Float(zip(weights, rows).reduce(0) { $0 + $1.0 * Double($1.1.value[d]) } / total)
        }
        let found = attend(
            KernelVariant.reference, dim: dim, heads: 1, first: count, queries: 1, window: 0, capacity: 48)
        expectClose(found, expected, absolute: 0.06, relative: 0)
    }

    /// Branches that share nothing in memory are sequences of their own, with all of their past in one place.
    @Test(arguments: KernelVariant.available, [8, 16, 20, 64, 80])
    func branchesEqualSequencesOfTheirOwn(variant: KernelVariant, dim: Int) {
        for (position, common, window, capacity) in [
            (0, 0, 4, 16), (5, 5, 9, 16), (12, 9, 100, 32), (40, 33, 17, 64), (40, 35, 17, 48),
            (30, 10, 8, 16),
            (47, 32, 40, 48), (60, 50, 55, 64),
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
        let shared = Past(lists: heads, capacity: capacity, dim: dim)
        let own = Past(
            lists: branches * heads, capacity: (position - branched) / 16 * 16 + 32, dim: dim)
        for place in 0...position {
            for list in 0..<branches * heads {
                let (branch, head) = list.quotientAndRemainder(dividingBy: heads)
                let seed = UInt64((place * heads + head) * 100 + (place < common ? 0 : branch + 1))
                if place >= branched {
                    own.remember(kernels, list: list, place: place - branched + branched % 16, seed: seed)
                } else if branch == 0 {
                    shared.remember(kernels, list: head, place: place % capacity, seed: seed)
                }
            }
        }
        var y = [Float](repeating: 0, count: branches * heads * dim)
        let q = Self.queries(branches * heads * dim)
        y.withUnsafeMutableBufferPointer { y in
            q.withUnsafeBufferPointer { q in
                var task = audiolm_branched_attention(
                    shared: audiolm_attention(
                        q: q.baseAddress!, q_stride: heads * dim, past: shared.past, y: y.baseAddress!,
                        y_stride: heads * dim, head_dim: dim, first_position: position, window: window,
                        score_scale: 1 / Float(dim).squareRoot()),
                    own: own.past, heads: heads, branched: branched)
                withScratch(position + 1, dim) {
                    kernels.branched_attention(&task, 0, branches, 0, heads, $0)
                }
            }
        }
        return y
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
