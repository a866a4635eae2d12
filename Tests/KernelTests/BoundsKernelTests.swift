import CKernels
import Tensors
import TestSupport
import Testing

/// Bounds of products by numbers of seven bits.
@Suite struct BoundsKernelTests {
    private struct Rounded: Equatable {
        var numbers: [UInt8]
        var scale: [Float]
        var kept: [Float]
        var lost: [Float]
    }

    private func rounded(_ kernels: audiolm_kernels, _ x: [Float], rows: Int, count: Int) -> Rounded {
        let inner = (count + 63) / 64 * 64
        let zeros = [Float](repeating: .nan, count: rows)
        var result = Rounded(
            numbers: [UInt8](repeating: 0, count: rows * inner), scale: zeros, kept: zeros, lost: zeros)
        x.withUnsafeBufferPointer { x in
            result.numbers.withUnsafeMutableBufferPointer { numbers in
                result.scale.withUnsafeMutableBufferPointer { scale in
                    result.kept.withUnsafeMutableBufferPointer { kept in
                        result.lost.withUnsafeMutableBufferPointer { lost in
                            var task = audiolm_seven_bits(
                                x: x.baseAddress!, x_stride: count, count: count, inner: inner,
                                rounded: numbers.baseAddress!, scale: scale.baseAddress!,
                                kept: kept.baseAddress!, lost: lost.baseAddress!)
                            kernels.seven_bits(&task, 0, rows)
                        }
                    }
                }
            }
        }
        return result
    }

    @Test(arguments: KernelVariant.available, [1, 15, 16, 17, 64, 128, 200])
    func rowsEqualTheReference(variant: KernelVariant, count: Int) {
        var random = SeededGenerator(seed: UInt64(count))
        var x = random.normals(3 * count)
        for i in count..<2 * count { x[i] = 0 }
        let expected = rounded(KernelVariant.reference, x, rows: 3, count: count)
        #expect(rounded(variant.kernels, x, rows: 3, count: count) == expected)
        #expect(expected.scale[1] == 0 && expected.kept[1] == 0 && expected.lost[1] == 0)
        // The greatest magnitude is told exactly.
        let greatest = expected.numbers.map { abs(Int($0) - 64) }.max()
        #expect(greatest == 63)
    }

    @Test(arguments: KernelVariant.available, [1, 3, 4, 5, 8, 33])
    func boundsEqualTheReference(variant: KernelVariant, rows: Int) {
        for (count, outputs) in [(1, 1), (64, 64), (65, 70), (128, 300)] {
            let matrix = Matrix(count: count, outputs: outputs, seed: UInt64(rows))
            defer { matrix.panels.deallocate() }
            var random = SeededGenerator(seed: 5)
            let x = rounded(
                KernelVariant.reference, random.normals(rows * count), rows: rows, count: count)
            expectIdentical(
                bounds(variant.kernels, x, matrix), bounds(KernelVariant.reference, x, matrix),
                "\(rows) x \(count) x \(outputs)")
        }
    }

    @Test func maximaAreTheGreatestOfFour() {
        let matrix = Matrix(count: 20, outputs: 70, seed: 3)
        defer { matrix.panels.deallocate() }
        var random = SeededGenerator(seed: 6)
        let x = rounded(KernelVariant.reference, random.normals(2 * 20), rows: 2, count: 20)
        let all = bounds(KernelVariant.reference, x, matrix)
        for row in 0..<2 {
            for group in 0..<32 {
                let first = group / 16 * 64 + group % 16
                let four = stride(from: first, to: first + 64, by: 16).filter { $0 < 70 }
                    .map { all[row * 70 + $0] }
                #expect(all[2 * 70 + row * 32 + group] == four.max() ?? -.infinity)
            }
        }
    }

    /// Weights of the greatest magnitude that is allowed, packed, with numbers of all kinds for each output.
    private struct Matrix {
        let inner: Int
        let outputs: Int
        var panels: UnsafeMutableBufferPointer<Int8>
        var sums: [Int32]
        let values: [[Float]]

        init(count: Int, outputs: Int, seed: UInt64) {
            let padded = (outputs + 63) / 64 * 64
            (inner, self.outputs) = ((count + 63) / 64 * 64, outputs)
            var random = SeededGenerator(seed: seed)
            let size = padded * inner
            panels = UnsafeMutableBufferPointer(
                start: UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
                    .bindMemory(to: Int8.self, capacity: size), count: size)
            panels.initialize(repeating: 0)
            sums = [Int32](repeating: 0, count: padded)
            for output in 0..<outputs {
                for input in 0..<count {
                    let weight: Int8 = output % 3 == 0 ? 64 : Int8.random(in: -64...64, using: &random)
                    panels[output / 64 * inner * 64 + input / 4 * 256 + output % 64 * 4 + input % 4] = weight
                    sums[output] += Int32(weight)
                }
            }
            values = (0..<4).map { _ in random.normals(padded) }
        }
    }

    /// Bounds and, behind them, their maxima.
    private func bounds(_ kernels: audiolm_kernels, _ x: Rounded, _ matrix: Matrix) -> [Float] {
        let rows = x.scale.count
        var y = [Float](repeating: -1, count: rows * (matrix.outputs + matrix.sums.count / 4))
        let pointers = matrix.values.map { values in
            let memory = UnsafeMutablePointer<Float>.allocate(capacity: values.count)
            memory.initialize(from: values, count: values.count)
            return memory
        }
        defer { for pointer in pointers { pointer.deallocate() } }
        x.numbers.withUnsafeBufferPointer { numbers in
            matrix.sums.withUnsafeBufferPointer { sums in
                x.scale.withUnsafeBufferPointer { scale in
                    x.kept.withUnsafeBufferPointer { kept in
                        x.lost.withUnsafeBufferPointer { lost in
                            y.withUnsafeMutableBufferPointer { y in
                                var task = audiolm_bounds_i7(
                                    x: numbers.baseAddress!, x_scale: scale.baseAddress!,
                                    x_kept: kept.baseAddress!, x_lost: lost.baseAddress!,
                                    panels: UnsafePointer(matrix.panels.baseAddress!),
                                    sums: sums.baseAddress!, scale: pointers[0], bias: pointers[1],
                                    length: pointers[2], lost: pointers[3], y: y.baseAddress!,
                                    y_stride: matrix.outputs, maxima: y.baseAddress! + rows * matrix.outputs,
                                    inner: matrix.inner, outputs: matrix.outputs)
                                kernels.bounds_i7(
                                    &task,
                                    audiolm_tile(
                                        row_begin: 0, row_end: rows, panel_begin: 0,
                                        panel_end: matrix.sums.count / 64))
                            }
                        }
                    }
                }
            }
        }
        return y
    }
}
