import CKernels
import Tensors
import Testing

/// Half-precision floats, against those of Swift.
@Suite struct HalfKernelTests {
    private func halves(_ variant: KernelVariant, _ x: [Float]) -> [UInt16] {
        var half = [UInt16](repeating: 0, count: x.count)
        variant.kernels.halves(x, x.count, &half)
        return half
    }

    @Test(arguments: KernelVariant.available)
    func numbersAreRoundedToTheNearest(variant: KernelVariant) {
        // Every half, what lies halfway to the next one, and the floats on both sides of that.
        let finite = (UInt16(0)..<Float16.greatestFiniteMagnitude.bitPattern).map { Float16(bitPattern: $0) }
        let x = finite.flatMap { half in
            let middle = (Float(half) + Float(half.nextUp)) / 2
            return [Float(half), middle.nextDown, middle, middle.nextUp].flatMap { [$0, -$0] }
        }
        #expect(halves(variant, x) == x.map { Float16($0).bitPattern })
    }

    @Test(arguments: KernelVariant.available)
    func numbersOutOfRangeBecomeTheGreatest(variant: KernelVariant) {
        let greatest = Float16.greatestFiniteMagnitude.bitPattern
        #expect(
            halves(variant, [65504, 65519, 65520, 1e9, .infinity]) == [UInt16](repeating: greatest, count: 5))
        #expect(halves(variant, [-65520, -1e9]) == [greatest | 0x8000, greatest | 0x8000])
    }
}
