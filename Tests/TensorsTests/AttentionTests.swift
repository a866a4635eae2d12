import Tensors
import TestSupport
import Testing

@Suite struct AttentionTests {
    /// Queries, keys and values of 3 heads of 20 numbers.
    private func attend(_ rounding: InputRounding, rows: Int, from first: Int, threads: Int = 1) -> [Float] {
        var random = SeededGenerator(seed: 12)
        let (heads, dimension) = (3, 20)
        let width = heads * dimension
        let projected = random.tensor([rows, 3 * width])
        var y = Tensor([rows - first, width])
        let pool = WorkerPool(threads: threads)
        y.withMutablePointer { y in
            projected.withPointer { x in
                FullAttention(
                    heads: heads, headDimension: dimension, queries: x + first * 3 * width, keys: x + width,
                    values: x + 2 * width, stride: 3 * width, output: y, outputStride: width,
                    rounding: rounding
                ).run(count: rows - first, seen: rows, on: pool)
            }
        }
        return y.elements
    }

    @Test(arguments: [1, 16, 75])
    func fromBytesIsCloseToThatInFloats(rows: Int) {
        let exact = attend(.sixteenBits, rows: rows, from: 0)
        expectClose(attend(.sevenBits, rows: rows, from: 0), exact, absolute: 0.05, relative: 0)
    }

    @Test(arguments: InputRounding.allCases)
    func neitherThreadsNorTheQueriesBesideMatter(rounding: InputRounding) {
        let whole = attend(rounding, rows: 70, from: 0)
        expectIdentical(attend(rounding, rows: 70, from: 0, threads: 2), whole)
        expectIdentical(attend(rounding, rows: 70, from: 51), Array(whole.dropFirst(51 * 60)))
    }

    /// Keys and values of two heads of 20 numbers are appended to each of two sequences, which then see both positions.
    private func append(
        _ projected: [Float], at position: Int, to rows: inout KeyValueRows, threads: Int = 1
    ) -> [[Float]] {
        let count = rows.sequences
        var projected = projected
        var y = [Float](repeating: 0, count: 40 * count)
        let turns = ([Float](repeating: 1, count: 10), [Float](repeating: 0, count: 10))
        projected.withUnsafeMutableBufferPointer { projected in
            y.withUnsafeMutableBufferPointer { y in
                turns.0.withUnsafeBufferPointer { cosines in
                    turns.1.withUnsafeBufferPointer { sines in
                        let kernel = AttentionKernel(
                            sequences: count, heads: 2, headDimension: 20, projected: projected.baseAddress!,
                            sequenceStride: 120, cosines: cosines.baseAddress!, sines: sines.baseAddress!,
                            output: y.baseAddress!, outputSequenceStride: 40)
                        rows.withMemory {
                            kernel.run(
                                count: 1, at: position, window: 20, $0, on: WorkerPool(threads: threads))
                        }
                    }
                }
            }
        }
        return (0..<count).map { Array(y[40 * $0..<40 * ($0 + 1)]) }
    }

    @Test func copiedRowsAreThoseOfTheOther() {
        var random = SeededGenerator(seed: 13)
        let shape = KeyValueRows.Shape(heads: 2, headDimension: 20, positions: 20)
        #expect(shape.capacity == 32)
        var rows = KeyValueRows(sequences: 2, shape)
        let first = random.normals(2 * 120)
        let alone = append(first, at: 0, to: &rows)
        // A position alone is its value, but for rounding.
        expectClose(alone[0], Array(first[80..<120]), absolute: 0.02, relative: 0)
        expectClose(alone[1], Array(first[200..<240]), absolute: 0.02, relative: 0)
        let next = random.normals(120)
        var before = rows
        let apart = append(next + next, at: 1, to: &before)
        #expect(apart[0] != apart[1])

        // By way of another place of rows that hold more.
        var others = KeyValueRows(
            sequences: 1, KeyValueRows.Shape(heads: 2, headDimension: 20, positions: 40))
        others.withMemory { others in
            rows.withMemory { rows in
                others.copy(place: 0, of: 1, in: rows, to: 33, of: 0)
                rows.copy(place: 33, of: 0, in: others, to: 0, of: 0)
            }
        }
        let copied = append(next + next, at: 1, to: &rows)
        #expect(copied[0] == apart[1] && copied[1] == apart[1])
        var doubled = before.repeated(2)
        let last = random.normals(120)
        let again = append(last + last + last + last, at: 2, to: &doubled)
        #expect(Array(again[0...1]) == Array(again[2...3]))
        #expect(Array(again[0...1]) == append(last + last, at: 2, to: &before))
    }

    /// However heads are handed out.
    @Test(arguments: [1, 2, 3], [2, 3, 5])
    func threadsDoNotMatterToThePast(sequences: Int, threads: Int) {
        var random = SeededGenerator(seed: 14)
        let shape = KeyValueRows.Shape(heads: 2, headDimension: 20, positions: 20)
        var (alone, shared) = (
            KeyValueRows(sequences: sequences, shape), KeyValueRows(sequences: sequences, shape)
        )
        for position in 0..<18 {
            let next = random.normals(sequences * 120)
            #expect(
                append(next, at: position, to: &alone)
                    == append(next, at: position, to: &shared, threads: threads))
        }
    }
}
