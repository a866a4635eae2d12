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

    @Test func copiedRowsAreThoseOfTheOther() {
        let shape = KeyValueRows.Shape(heads: 2, headDimension: 20, positions: 20)
        #expect(shape.capacity == 32)
        var rows = KeyValueRows(sequences: 2, shape)
        let q = SeededRows.normals(3 * 40)
        func append(_ position: Int, to rows: inout KeyValueRows) -> [Float] {
            var projected = q + q
            var y = [Float](repeating: 0, count: 80)
            let turns = [Float](repeating: 1, count: 10)
            let still = [Float](repeating: 0, count: 10)
            projected.withUnsafeMutableBufferPointer { projected in
                y.withUnsafeMutableBufferPointer { y in
                    rows.withMemory { memory in
                        AttentionKernel(
                            sequences: 2, heads: 2, headDimension: 20, projected: projected.baseAddress!,
                            sequenceStride: 120, cosines: turns, sines: still, output: y.baseAddress!,
                            outputSequenceStride: 40
                        ).run(count: 1, at: position, window: 20, memory, on: WorkerPool(threads: 1))
                    }
                }
            }
            return y
        }
        // One position alone is what its value is, but for rounding.
        let first = append(0, to: &rows)
        expectClose(first, Array(q[80...]) + Array(q[80...]), absolute: 0.02, relative: 0)
        var others = KeyValueRows(
            sequences: 1, KeyValueRows.Shape(heads: 2, headDimension: 20, positions: 40))
        others.withMemory { others in
            rows.withMemory { rows in
                others.copy(place: 0, of: 1, in: rows, to: 33, of: 0)
                rows.copy(place: 33, of: 0, in: others, to: 0, of: 0)
            }
        }
        #expect(append(1, to: &rows) == append(1, to: &rows))
        let doubled = rows.repeated(2)
        #expect(doubled.sequences == 4)
    }
}

private enum SeededRows {
    static func normals(_ count: Int) -> [Float] {
        var random = SeededGenerator(seed: 13)
        return random.normals(count)
    }
}
