import Tensors
import TestSupport
import Testing

@Suite struct PackedMatrixTests {
    private func matrices(_ outputs: Int, _ inputs: Int) -> [PackedMatrix] {
        var random = SeededGenerator(seed: 4)
        let weights = random.tensor([outputs, inputs])
        let bias = random.tensor([outputs])
        let halves = weights.elements.map { UInt16($0.bitPattern >> 16) }
        let bytes = weights.elements.map { Int8(max(-127, min(127, $0 * 30))) }
        return [
            PackedMatrix(weights, bias: bias),
            halves.withUnsafeBytes {
                PackedMatrix(outputs: outputs, inputs: inputs, format: .bfloat16, weights: $0, bias: bias)
            },
        ]
            + InputRounding.allCases.map { rounding in
                bytes.withUnsafeBytes {
                    PackedMatrix(
                        outputs: outputs, inputs: inputs, format: .int8, weights: $0,
                        scale: random.tensor([outputs]), bias: bias, rounding: rounding)
                }
            }
    }

    @Test(arguments: [(1, 1), (17, 33), (300, 70), (1030, 64)])
    func rowsAndThreadsDoNotMatter(outputs: Int, inputs: Int) {
        var random = SeededGenerator(seed: 6)
        let x = random.tensor([203, inputs])
        let (one, three) = (WorkerPool(threads: 1), WorkerPool(threads: 3))
        for matrix in matrices(outputs, inputs) {
            let whole = matrix.apply(x, on: one)
            expectIdentical(
                matrix.apply(x, on: three), whole, "\(matrix.format), \(matrix.rounding) on three threads")
            for range in [0..<1, 5..<8, 7..<23, 100..<203] {
                expectIdentical(
                    matrix.apply(x.rows(range), on: three), whole.rows(range),
                    "\(matrix.format), \(matrix.rounding) rows \(range)")
            }
        }
    }

    @Test(arguments: [(1, 1), (17, 33), (128, 70)])
    func stackedMatricesAreTheirsSideBySide(outputs: Int, inputs: Int) {
        var random = SeededGenerator(seed: 7)
        let x = random.tensor([9, inputs])
        let pool = WorkerPool(threads: 2)
        for (first, second) in zip(matrices(outputs, inputs), matrices(outputs + 5, inputs)) {
            let stacked = PackedMatrix(stacking: [first, second])
            let start = first.paddedOutputs
            #expect(stacked.outputs == start + second.paddedOutputs)
            let y = stacked.apply(x, on: pool)
            expectIdentical(y.columns(0..<outputs), first.apply(x, on: pool))
            expectIdentical(y.columns(start..<start + second.outputs), second.apply(x, on: pool))
            #expect(y.columns(outputs..<start).elements.allSatisfy { $0 == 0 })
        }
    }

    @Test func theFirstColumnsAloneAreMultiplied() {
        var random = SeededGenerator(seed: 9)
        let x = random.tensor([5, 40])
        let pool = WorkerPool(threads: 1)
        for matrix in matrices(20, 33) {
            var y = Tensor(uninitialized: [5, 20])
            matrix.apply(columnsOf: x, into: &y, on: pool)
            expectIdentical(y, matrix.apply(x.columns(0..<33), on: pool))
        }
    }

    @Test(arguments: [(InputRounding.sixteenBits, 32_767.0), (.sevenBits, 63)])
    func bytesMultiplyAsTheNumbersThatTheyStandFor(rounding: InputRounding, top: Double) {
        var random = SeededGenerator(seed: 8)
        let (rows, inputs, outputs) = (19, 200, 70)
        let x = random.tensor([rows, inputs])
        let bytes = (0..<outputs * inputs).map { _ in Int8.random(in: -127...127, using: &random) }
        let scale = random.tensor([outputs])
        let matrix = bytes.withUnsafeBytes {
            PackedMatrix(
                outputs: outputs, inputs: inputs, format: .int8, weights: $0, scale: scale,
                rounding: rounding)
        }
        let y = matrix.apply(x, on: WorkerPool(threads: 1))
        for row in 0..<rows {
            let line = x.rows(row..<row + 1).elements
            // Each input is off by at most half a step.
            let step = Double(line.map(abs).max() ?? 0) / top
            for output in 0..<outputs {
                let weights = bytes[output * inputs..<(output + 1) * inputs].map { Double($0) }
                let exact = zip(line, weights).reduce(0) { $0 + Double($1.0) * $1.1 }
                let allowed = step / 2 * weights.reduce(0) { $0 + abs($1) } + 1e-5 * abs(exact)
                let difference = Double(y[row, output]) - exact * Double(scale[output])
                #expect(
                    abs(difference) <= allowed * Double(abs(scale[output])), "row \(row), output \(output)")
            }
        }
    }

    @Test func overlappingWindowsAreAConvolution() {
        let signal = Tensor([10, 1], (0..<10).map { Float($0) })
        let sum = PackedMatrix(Tensor([1, 3], [1, 1, 1]))
        let y = sum.apply(signal, rows: 4, stride: 2, on: WorkerPool(threads: 1))
        #expect(y.elements == [3, 9, 15, 21])
    }
}
