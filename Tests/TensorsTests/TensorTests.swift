import Tensors
import TestSupport
import Testing

@Suite struct TensorTests {
    @Test func copiesAreIndependent() {
        let a = Tensor([2, 3], [1, 2, 3, 4, 5, 6])
        var b = a
        b[0, 1] = 9
        #expect(a.elements == [1, 2, 3, 4, 5, 6])
        #expect(b.elements == [1, 9, 3, 4, 5, 6])
    }

    @Test func rowsColumnsAndTransposition() {
        let a = Tensor([3, 2], [1, 2, 3, 4, 5, 6])
        #expect(a.rows(1..<3).elements == [3, 4, 5, 6])
        #expect(a.columns(1..<2).elements == [2, 4, 6])
        #expect(a.transposed.elements == [1, 3, 5, 2, 4, 6])
        #expect(
            Tensor.concatenateRows([a.rows(2..<3), a.rows(0..<1), Tensor([0, 2])]).elements == [5, 6, 1, 2])
        #expect(a.argmaxOfRows() == [1, 1, 1])
        #expect(a.meanOfRows().elements == [3, 4])
    }

    @Test func elementwiseOperations() {
        var a = Tensor([2, 2], [1, -2, 3, 4])
        a.add(Tensor([2, 2], [1, 1, 1, 1]))
        a.scale(by: 2)
        a.addToRows(Tensor([2], [10, 20]))
        a.scaleColumns(by: Tensor([2], [1, -1]))
        #expect(a.elements == [14, -18, 18, -30])
        a.relu()
        #expect(a.elements == [14, 0, 18, 0])
    }

    @Test func generatorRepeatsAndSeparatesStreams() {
        var a = SeededGenerator(seed: 1)
        var b = SeededGenerator(seed: 1)
        var c = SeededGenerator(seed: 1, stream: 1)
        let first = (0..<8).map { _ in a.next() }
        #expect(first == (0..<8).map { _ in b.next() })
        #expect(Set(first).isDisjoint(with: (0..<8).map { _ in c.next() }))
        let uniform = (0..<10_000).map { _ in a.nextUniform() }
        #expect(uniform.allSatisfy { $0 >= 0 && $0 < 1 })
        #expect(abs(uniform.reduce(0, +) / 10_000 - 0.5) < 0.02)
    }
}
