import CKernels
import Foundation
import Tensors
import TestSupport
import Testing

/// Kernels of spectra: every variant equals the reference bit for bit, and the reference is right.
@Suite struct SpectralKernelTests {
    private typealias Transform = (
        UnsafePointer<audiolm_fft>, UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>
    ) -> Void

    private func transformed(_ real: [Float], _ imaginary: [Float], size: Int, _ body: Transform) -> [Float] {
        let turn = 2 * Double.pi / Double(size)
        let cosines = (0...size / 2).map { Float(cos(turn * Double($0))) }
        let sines = (0...size / 2).map { Float(-sin(turn * Double($0))) }
        let bits = (size / 2).trailingZeroBitCount
        let reversed = (0..<size / 2).map { index in
            (0..<bits).reduce(UInt32(0)) { $0 | UInt32(index >> $1 & 1) << (bits - 1 - $1) }
        }
        var (real, imaginary) = (real, imaginary)
        cosines.withUnsafeBufferPointer { cosines in
            sines.withUnsafeBufferPointer { sines in
                reversed.withUnsafeBufferPointer { reversed in
                    var plan = audiolm_fft(
                        size: size, cosine: cosines.baseAddress!, sine: sines.baseAddress!,
                        reversed: reversed.baseAddress!)
                    body(&plan, &real, &imaginary)
                }
            }
        }
        return real + imaginary
    }

    @Test(arguments: KernelVariant.available, [4, 8, 16, 32, 512, 2048])
    func transformsEqualTheReference(variant: KernelVariant, size: Int) {
        var random = SeededGenerator(seed: UInt64(size))
        let count = (size / 2 + 1) * Int(AUDIOLM_LANES)
        let (real, imaginary) = (random.normals(count), random.normals(count))
        let (a, b) = (variant.kernels, KernelVariant.reference)
        // Behind the last place of a frame's samples there is nothing to compare.
        func compare(_ name: String, places: Int, _ first: Transform, _ second: Transform) {
            let kept = places * Int(AUDIOLM_LANES)
            let (x, y) = (
                transformed(real, imaginary, size: size, first),
                transformed(real, imaginary, size: size, second)
            )
            expectIdentical(Array(x[..<kept]), Array(y[..<kept]), name)
            expectIdentical(Array(x[count..<count + kept]), Array(y[count..<count + kept]), name)
        }
        compare("bins", places: size / 2 + 1, a.fft_bins, b.fft_bins)
        compare("samples", places: size / 2, a.fft_samples, b.fft_samples)
    }

    private func changed(_ x: [Float], _ body: (UnsafeMutablePointer<Float>) -> Void) -> [Float] {
        var copy = x
        copy.withUnsafeMutableBufferPointer { body($0.baseAddress!) }
        return copy
    }

    private func rotated(_ turns: [Float], _ kernels: audiolm_kernels) -> (cosines: [Float], sines: [Float]) {
        var sines = turns
        let cosines = changed(turns) { kernels.rotation($0, &sines, turns.count) }
        return (cosines, sines)
    }

    @Test(arguments: KernelVariant.available, awkwardSizes)
    func elementsEqualTheReference(variant: KernelVariant, n: Int) {
        var random = SeededGenerator(seed: UInt64(n))
        let x = random.normals(n, scale: 3)
        let positive = x.map { exp($0 * 5) }
        let (a, b) = (variant.kernels, KernelVariant.reference)
        expectIdentical(changed(x) { a.exponential($0, n) }, changed(x) { b.exponential($0, n) })
        expectIdentical(changed(positive) { a.logarithm2($0, n) }, changed(positive) { b.logarithm2($0, n) })
        expectIdentical(rotated(x, a).cosines, rotated(x, b).cosines)
        expectIdentical(rotated(x, a).sines, rotated(x, b).sines)
    }

    @Test(arguments: KernelVariant.available, awkwardSizes)
    func rowsLieInLanesAndComeBack(variant: KernelVariant, n: Int) {
        var random = SeededGenerator(seed: UInt64(n))
        let stride = n + 3
        let rows = random.normals(16 * stride)
        for count in [1, 5, 16] {
            var lanes = [Float](repeating: -1, count: 16 * n)
            variant.kernels.rows_to_lanes(rows, stride, count, n, &lanes)
            for i in 0..<n {
                for row in 0..<16 {
                    #expect(lanes[16 * i + row] == (row < count ? rows[row * stride + i] : 0))
                }
            }
            var back = [Float](repeating: -1, count: 16 * stride)
            variant.kernels.lanes_to_rows(lanes, n, &back, stride, count)
            for row in 0..<16 {
                for i in 0..<stride {
                    #expect(back[row * stride + i] == (row < count && i < n ? rows[row * stride + i] : -1))
                }
            }
        }
    }

    @Test func referenceFunctionsAreRight() {
        let kernels = KernelVariant.reference
        let x = stride(from: Float(-12), through: 12, by: 0.01).map { $0 }
        expectClose(
            changed(x) { kernels.exponential($0, x.count) }, x.map { Float(exp(Double($0))) }, absolute: 0,
            relative: 1e-6)
        let positive = x.map { exp($0 * 6) } + [1, 0.70710677, 0.7071068, 1e-37, 3e38]
        expectClose(
            changed(positive) { kernels.logarithm2($0, positive.count) },
            positive.map { Float(log2(Double($0))) }, absolute: 1e-6, relative: 1e-7)
        let (cosines, sines) = rotated(x, kernels)
        expectClose(cosines, x.map { Float(cos(2 * Double.pi * Double($0))) }, absolute: 3e-7, relative: 0)
        expectClose(sines, x.map { Float(sin(2 * Double.pi * Double($0))) }, absolute: 3e-7, relative: 0)
    }
}
