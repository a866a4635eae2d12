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
            bytes.withUnsafeBytes {
                PackedMatrix(
                    outputs: outputs, inputs: inputs, format: .int8, weights: $0,
                    scale: random.tensor([outputs]), bias: bias)
            },
        ]
    }

    @Test(arguments: [(1, 1), (17, 33), (300, 70), (1030, 64)])
    func rowsAndThreadsDoNotMatter(outputs: Int, inputs: Int) {
        var random = SeededGenerator(seed: 6)
        let x = random.tensor([203, inputs])
        let (one, three) = (WorkerPool(threads: 1), WorkerPool(threads: 3))
        for matrix in matrices(outputs, inputs) {
            let whole = matrix.apply(x, on: one)
            expectIdentical(matrix.apply(x, on: three), whole, "\(matrix.format) on three threads")
            for range in [0..<1, 5..<8, 7..<23, 100..<203] {
                expectIdentical(
                    matrix.apply(x.rows(range), on: three), whole.rows(range),
                    "\(matrix.format) rows \(range)")
            }
        }
    }

    @Test func rowsComeBackAsTheyWere() {
        for matrix in matrices(20, 7) {
            let identity = Tensor([7, 7], (0..<49).map { $0 % 8 == 0 ? 1 : 0 })
            let columns = matrix.apply(identity, on: WorkerPool(threads: 1))
            let bias = matrix.apply(Tensor([1, 7]), on: WorkerPool(threads: 1))
            for output in [0, 15, 16, 19] {
                var row = [Float](repeating: 0, count: 7)
                row.withUnsafeMutableBufferPointer { matrix.copyRow(output, into: $0.baseAddress!) }
                expectClose((0..<7).map { columns[$0, output] - bias[output] }, row)
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
