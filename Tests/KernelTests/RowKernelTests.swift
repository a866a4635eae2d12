import CKernels
import Foundation
import Tensors
import TestSupport
import Testing

/// Kernels over rows and elements: every variant equals the reference bit for bit, and the reference is right.
@Suite struct RowKernelTests {
    private func changed(_ x: [Float], _ body: (UnsafeMutablePointer<Float>) -> Void) -> [Float] {
        var copy = x
        copy.withUnsafeMutableBufferPointer { body($0.baseAddress!) }
        return copy
    }

    @Test(arguments: KernelVariant.available, awkwardSizes)
    func variantsEqualTheReference(variant: KernelVariant, n: Int) {
        var random = SeededGenerator(seed: UInt64(n))
        let rows = 3
        let x = random.normals(rows * n, scale: 3)
        let (weight, bias) = (random.normals(n), random.normals(n))
        let gate = random.normals(rows * n, scale: 3)
        let (a, b) = (variant.kernels, KernelVariant.reference)
        func compare(_ name: String, _ body: (audiolm_kernels, UnsafeMutablePointer<Float>) -> Void) {
            expectIdentical(changed(x) { body(a, $0) }, changed(x) { body(b, $0) }, "\(name) \(n)")
        }
        compare("softmax") { $0.softmax($1, rows, n) }
        compare("layer norm") { $0.layer_norm($1, rows, n, weight, bias, 1e-5) }
        compare("RMS norm") { $0.rms_norm($1, rows, n, weight, 1e-6, $1) }
        compare("tanh gelu") { $0.gelu_tanh($1, rows * n) }
        compare("silu") { $0.silu($1, rows * n) }
        compare("sigmoid") { $0.sigmoid($1, rows * n) }
        compare("silu product") { $0.multiply_silu($1, gate, rows * n) }
        #expect(a.argmax(x, rows * n) == b.argmax(x, rows * n))
        #expect(a.squared_distance(x, weight, n) == b.squared_distance(x, weight, n))
        let heads = 2
        let half = n
        let wide = random.normals(rows * heads * 2 * half)
        let (cosine, sine) = (random.normals(rows * half), random.normals(rows * half))
        let rotated = { (k: audiolm_kernels) in
            changed(wide) { k.rope($0, rows, heads * 2 * half, heads, 2 * half, cosine, sine) }
        }
        expectIdentical(rotated(a), rotated(b), "rope \(n)")
    }

    /// Sums are rounded in the order of blocks, so that a place on the edge may fall to either side; weights that are whole
    /// numbers have no edge.
    @Test(arguments: KernelVariant.available, awkwardSizes)
    func picksWhereTheRunningSumPasses(variant: KernelVariant, n: Int) {
        var random = SeededGenerator(seed: UInt64(n))
        let weights = (0..<n).map { _ in Float(max(Int(random.nextUniform() * 20) - 8, 0)) }
        let total = weights.reduce(0, +)
        for chance in [0, 0.1, 0.25, 0.5, 0.77, 0.999_999] as [Float] {
            let found = variant.kernels.pick(weights, n, chance)
            #expect(found == KernelVariant.reference.pick(weights, n, chance))
            guard total > 0 else {
                #expect(found == n)
                continue
            }
            var sum: Float = 0
            let expected = weights.firstIndex {
                sum += $0
                return sum > total * chance
            }
            #expect(found == expected, "\(n) at \(chance)")
        }
        let odd = (0..<n).map { _ in random.nextUniform() < 0.5 ? 0 : random.nextUniform() }
        for step in 0..<50 {
            let chance = Float(step) / 50
            let found = variant.kernels.pick(odd, n, chance)
            #expect(found == KernelVariant.reference.pick(odd, n, chance))
            #expect(found == n ? odd.allSatisfy { $0 == 0 } : odd[found] > 0)
        }
    }

    @Test func argmaxTakesTheFirstOfEquals() {
        for variant in KernelVariant.available {
            var x = [Float](repeating: -1, count: 70)
            x[33] = 2
            x[60] = 2
            #expect(variant.kernels.argmax(x, x.count) == 33)
        }
    }

    @Test func referenceFunctionsAreRight() {
        let x = stride(from: Float(-12), through: 12, by: 0.01).map { $0 }
        let reference = KernelVariant.reference
        let sigmoid = changed(x) { reference.sigmoid($0, x.count) }
        expectClose(sigmoid, x.map { Float(1 / (1 + exp(-Double($0)))) }, absolute: 1e-7, relative: 1e-6)
        let approximate = changed(x) { reference.gelu_tanh($0, x.count) }
        expectClose(
            approximate,
            x.map { x in
                let x = Double(x)
                return Float(0.5 * x * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x))))
            }, absolute: 2e-6)
        let softmax = changed(x) { reference.softmax($0, 1, x.count) }
        let sum = x.reduce(0) { $0 + exp(Double($1)) }
        expectClose(softmax, x.map { Float(exp(Double($0)) / sum) }, absolute: 1e-9, relative: 1e-5)
    }
}
