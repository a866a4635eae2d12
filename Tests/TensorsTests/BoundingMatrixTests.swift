import Tensors
import TestSupport
import Testing

@Suite struct BoundingMatrixTests {
    @Test(arguments: [(1, 1), (70, 33), (300, 128)])
    func boundsAreNeverBelowAndLittleAbove(outputs: Int, inputs: Int) {
        var random = SeededGenerator(seed: 3)
        let (weights, bias) = (random.tensor([outputs, inputs]), random.tensor([outputs]))
        var x = random.tensor([9, inputs])
        // One row of zeros, one of a single large number.
        x.withMutablePointer { x in
            for input in 0..<inputs { (x[input], x[inputs + input]) = (0, input == 0 ? 100 : 0.01) }
        }
        let bounds = BoundingMatrix(weights, bias: bias).bounds(x, on: WorkerPool(threads: 1)).values
        #expect(bounds.shape == [9, outputs])
        func length(_ row: [Float]) -> Double { row.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot() }
        for row in 0..<9 {
            let line = x.rows(row..<row + 1).elements
            for output in 0..<outputs {
                let column = weights.rows(output..<output + 1).elements
                let exact = zip(line, column).reduce(Double(bias.elements[output])) {
                    $0 + Double($1.0) * Double($1.1)
                }
                let above = Double(bounds[row, output]) - exact
                #expect(above >= -1e-6, "row \(row), output \(output)")
                #expect(above <= 0.12 * length(line) * length(column) + 1e-5, "row \(row), output \(output)")
            }
        }
    }
}
