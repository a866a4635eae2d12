import CKernels
import Tensors
import TestSupport
import Testing

@Suite struct GemmKernelTests {
    typealias Kernel = @convention(c) (UnsafePointer<audiolm_gemm>, audiolm_tile) -> Void

    /// One product; weights are given packed.
    private func product<Weight>(
        _ kernel: Kernel, x: [Float], weights: [Weight], scale: [Float]?, bias: [Float], rows: Int,
        inner: Int,
        outputs: Int, stride: Int
    ) -> [Float] {
        var y = [Float](repeating: -1, count: rows * outputs)
        let panels = (outputs + 15) / 16
        x.withUnsafeBufferPointer { x in
            weights.withUnsafeBytes { weights in
                bias.withUnsafeBufferPointer { bias in
                    (scale ?? []).withUnsafeBufferPointer { factors in
                        y.withUnsafeMutableBufferPointer { y in
                            var task = audiolm_gemm(
                                x: x.baseAddress!, x_stride: stride, panels: weights.baseAddress!,
                                scale: scale == nil ? nil : factors.baseAddress, bias: bias.baseAddress,
                                y: y.baseAddress!, y_stride: outputs, inner: inner, outputs: outputs)
                            kernel(
                                &task,
                                audiolm_tile(row_begin: 0, row_end: rows, panel_begin: 0, panel_end: panels))
                        }
                    }
                }
            }
        }
        return y
    }

    @Test(arguments: KernelVariant.available, [1, 2, 3, 4, 5, 6, 7, 13])
    func variantsEqualTheReference(variant: KernelVariant, rows: Int) {
        var random = SeededGenerator(seed: UInt64(rows))
        let kernels = variant.kernels
        let reference = KernelVariant.reference
        for (inner, outputs) in [(1, 1), (3, 17), (16, 16), (31, 65), (65, 64), (64, 130), (100, 200)] {
            let padded = (outputs + 15) / 16 * 16
            let x = random.normals(rows * inner)
            let bias = random.normals(padded)
            let floats = random.normals(padded * inner)
            let halves = floats.map { UInt16($0.bitPattern >> 16) }
            let label = "\(rows) x \(inner) x \(outputs)"
            func compare<Weight>(
                _ name: String, _ a: Kernel, _ b: Kernel, _ weights: [Weight]
            ) {
                let run = { kernel in
                    product(
                        kernel, x: x, weights: weights, scale: nil, bias: bias, rows: rows, inner: inner,
                        outputs: outputs, stride: inner)
                }
                expectIdentical(run(a), run(b), "\(name) \(label)")
            }
            compare("f32", kernels.gemm_f32, reference.gemm_f32, floats)
            compare("bf16", kernels.gemm_bf16, reference.gemm_bf16, halves)
        }
    }

    @Test(arguments: KernelVariant.available)
    func rowsMayOverlap(variant: KernelVariant) {
        var random = SeededGenerator(seed: 5)
        let (rows, inner, outputs, stride) = (9, 21, 19, 7)
        let x = random.normals((rows - 1) * stride + inner)
        let weights = random.normals(32 * inner)
        let bias = random.normals(32)
        let run = { kernel in
            product(
                kernel, x: x, weights: weights, scale: nil, bias: bias, rows: rows, inner: inner,
                outputs: outputs,
                stride: stride)
        }
        expectIdentical(run(variant.kernels.gemm_f32), run(KernelVariant.reference.gemm_f32))
    }

    @Test func referenceMultiplies() {
        let (rows, inner, outputs) = (3, 40, 5)
        var random = SeededGenerator(seed: 9)
        let x = random.normals(rows * inner)
        let bias = random.normals(16)
        let weights = random.normals(16 * inner)
        let y = product(
            KernelVariant.reference.gemm_f32, x: x, weights: weights, scale: nil, bias: bias, rows: rows,
            inner: inner, outputs: outputs, stride: inner)
        for row in 0..<rows {
            for output in 0..<outputs {
                let exact = (0..<inner).reduce(Double(bias[output])) {
                    $0 + Double(x[row * inner + $1]) * Double(weights[$1 * 16 + output])
                }
                #expect(abs(Double(y[row * outputs + output]) - exact) < 1e-5)
            }
        }
    }
}
