import CKernels
import Tensors
import TestSupport
import Testing

/// Products of rows in fixed point, or of seven bits, with 8-bit weights.
@Suite struct FixedPointKernelTests {
    enum Rows: CaseIterable { case sixteenBits, sevenBits }

    /// A product, weights `[outputs, inner]` row-major.
    private func product(
        _ kernels: audiolm_kernels, _ kind: Rows, x: [Float], weights: [Int8], scale: [Float], bias: [Float],
        rows: Int,
        inner: Int, outputs: Int
    ) -> [Float] {
        let (depth, panels) = ((inner + 63) / 64 * 64, (outputs + 63) / 64)
        let packed = UnsafeMutableBufferPointer<Int8>(
            start: UnsafeMutableRawPointer.allocate(byteCount: panels * 64 * depth, alignment: 64)
                .bindMemory(to: Int8.self, capacity: panels * 64 * depth), count: panels * 64 * depth)
        packed.initialize(repeating: 0)
        let fixed = UnsafeMutableRawPointer.allocate(
            byteCount: (rows + 15) / 16 * 16 * 4 * depth, alignment: 64)
        let sums = UnsafeMutableBufferPointer<Int32>(
            start: UnsafeMutableRawPointer.allocate(byteCount: 4 * panels * 64, alignment: 64)
                .bindMemory(to: Int32.self, capacity: panels * 64), count: panels * 64)
        sums.initialize(repeating: 0)
        defer {
            packed.deallocate()
            fixed.deallocate()
            sums.deallocate()
        }
        for output in 0..<outputs {
            for input in 0..<inner {
                let weight = weights[output * inner + input]
                let place = output / 64 * depth * 64 + input / 4 * 256 + output % 64 * 4 + input % 4
                packed[place] = weight
                sums[output] += Int32(weight)
            }
        }
        var scales = [Float](repeating: .nan, count: rows)
        var y = [Float](repeating: -1, count: rows * outputs)
        scales.withUnsafeMutableBufferPointer { scales in
            y.withUnsafeMutableBufferPointer { y in
                x.withUnsafeBufferPointer { x in
                    scale.withUnsafeBufferPointer { scale in
                        bias.withUnsafeBufferPointer { bias in
                            round(
                                x.baseAddress!, rows, inner, depth, kind, kernels, fixed, scales.baseAddress!)
                            var task = audiolm_gemm_i8(
                                x: fixed, x_scale: scales.baseAddress!, panels: packed.baseAddress!,
                                sums: sums.baseAddress!, scale: scale.baseAddress!, bias: bias.baseAddress,
                                y: y.baseAddress!, y_stride: outputs, inner: depth, outputs: outputs)
                            let tile = audiolm_tile(
                                row_begin: 0, row_end: rows, panel_begin: 0, panel_end: panels)
                            switch kind {
                            case .sixteenBits: kernels.gemm_i8(&task, tile)
                            case .sevenBits: kernels.gemm_i7(&task, tile)
                            }
                        }
                    }
                }
            }
        }
        return y
    }

    private func round(
        _ x: UnsafePointer<Float>, _ rows: Int, _ count: Int, _ inner: Int, _ kind: Rows,
        _ kernels: audiolm_kernels, _ numbers: UnsafeMutableRawPointer, _ scales: UnsafeMutablePointer<Float>
    ) {
        switch kind {
        case .sixteenBits:
            var task = audiolm_fixed_point(
                x: x, x_stride: count, count: count, inner: inner, fixed: numbers, scale: scales)
            kernels.fixed_point(&task, 0, rows)
        case .sevenBits:
            var task = audiolm_seven_bits(
                x: x, x_stride: count, count: count, inner: inner,
                rounded: numbers.assumingMemoryBound(to: UInt8.self), scale: scales, kept: nil, lost: nil)
            kernels.seven_bits(&task, 0, rows)
        }
    }

    @Test(arguments: KernelVariant.available, [1, 2, 3, 4, 5, 8, 9, 15, 16, 17, 40])
    func variantsEqualTheReference(variant: KernelVariant, rows: Int) {
        var random = SeededGenerator(seed: UInt64(rows))
        for (inner, outputs) in [(1, 1), (3, 17), (64, 64), (65, 65), (100, 200), (300, 130)] {
            let x = random.normals(rows * inner)
            let weights = (0..<outputs * inner).map { _ in Int8.random(in: -127...127, using: &random) }
            let padded = (outputs + 63) / 64 * 64
            let (scale, bias) = (random.normals(padded), random.normals(padded))
            for kind in Rows.allCases {
                let run = {
                    product(
                        $0, kind, x: x, weights: weights, scale: scale, bias: bias, rows: rows, inner: inner,
                        outputs: outputs)
                }
                expectIdentical(
                    run(variant.kernels), run(KernelVariant.reference),
                    "\(kind): \(rows) x \(inner) x \(outputs)")
            }
        }
    }

    /// Sums that 32 bits do not hold, or of numbers of seven bits almost.
    @Test(arguments: KernelVariant.available, Rows.allCases)
    func longRowsDoNotOverflow(variant: KernelVariant, kind: Rows) {
        let (inner, scale) = (kind == .sixteenBits ? 5000 : 65_536, [Float](repeating: 1, count: 64))
        for (weight, sign) in [(Int8(127), Float(1)), (-127, 1), (127, -1), (-128, -1)] {
            let y = product(
                variant.kernels, kind, x: [Float](repeating: 2 * sign, count: inner),
                weights: [Int8](repeating: weight, count: inner), scale: scale,
                bias: [Float](repeating: 0, count: 64), rows: 1, inner: inner, outputs: 1)
            expectClose(y, [2 * sign * Float(weight) * Float(inner)], relative: 1e-6)
        }
    }

    @Test(arguments: KernelVariant.available, Rows.allCases)
    func silenceGivesTheBias(variant: KernelVariant, kind: Rows) {
        let y = product(
            variant.kernels, kind, x: [0, 0, 1e-38, 0], weights: [1, 2, 3, 4],
            scale: [Float](repeating: 1, count: 64), bias: [Float](repeating: 0.5, count: 64), rows: 2,
            inner: 2, outputs: 2)
        #expect(y == [0.5, 0.5, 0.5, 0.5])
    }

    /// The bytes of a row of seven bits, its scale, and what lies behind it in memory.
    private func sevenBits(_ kernels: audiolm_kernels, _ x: [Float]) -> [UInt8] {
        let inner = (x.count + 63) / 64 * 64
        var (bytes, scale) = ([UInt8](repeating: 0xaa, count: inner + 64), Float.nan)
        bytes.withUnsafeMutableBufferPointer { bytes in
            var task = audiolm_seven_bits(
                x: x, x_stride: x.count, count: x.count, inner: inner, rounded: bytes.baseAddress!,
                scale: &scale, kept: nil, lost: nil)
            kernels.seven_bits(&task, 0, 1)
        }
        return bytes + withUnsafeBytes(of: scale) { Array($0) }
    }

    @Test(arguments: KernelVariant.available, [1, 63, 64, 65, 128, 200])
    func rowsOfSevenBitsAreThoseOfTheReference(variant: KernelVariant, count: Int) {
        var random = SeededGenerator(seed: UInt64(count))
        let plain = random.normals(count)
        for odd: Float in [0, -0.0, .nan, .infinity, -.infinity, 1e38, 1e-38] {
            for place in [0, count / 2, count - 1] {
                var x = plain
                x[place] = odd
                #expect(
                    sevenBits(variant.kernels, x) == sevenBits(KernelVariant.reference, x),
                    "\(odd) at \(place) of \(count)")
            }
        }
    }
}
