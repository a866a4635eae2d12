extension Tensor {
    /// Makes this a matrix of `rows` rows whose elements are not defined, in the same memory if it has as many.
    package mutating func setRows(_ rows: Int) {
        if rows != self.rows { self = Tensor(uninitialized: [rows] + shape.dropFirst()) }
    }

    /// A copy of the rows in `range` of the first axis.
    package func rows(_ range: Range<Int>) -> Tensor {
        precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows \(range) of \(rows)")
        let rowSize = rows == 0 ? 0 : count / rows
        var result = Tensor(uninitialized: [range.count] + shape.dropFirst())
        withPointer { source in
            result.withMutablePointer {
                $0.update(from: source + range.lowerBound * rowSize, count: range.count * rowSize)
            }
        }
        return result
    }

    /// A copy of the columns in `range` of a matrix.
    package func columns(_ range: Range<Int>) -> Tensor {
        precondition(shape.count == 2 && range.lowerBound >= 0 && range.upperBound <= columns)
        var result = Tensor(uninitialized: [rows, range.count])
        withPointer { source in
            result.withMutablePointer { target in
                for row in 0..<rows {
                    (target + row * range.count)
                        .update(from: source + row * columns + range.lowerBound, count: range.count)
                }
            }
        }
        return result
    }

    /// The rows of all `parts`, one part after the other; the parts agree in all other axes.
    package static func concatenateRows(_ parts: [Tensor]) -> Tensor {
        precondition(
            !parts.isEmpty && parts.allSatisfy { $0.shape.dropFirst() == parts[0].shape.dropFirst() })
        var result = Tensor(
            uninitialized: [parts.reduce(0) { $0 + $1.rows }] + parts[0].shape.dropFirst())
        result.withMutablePointer { target in
            var offset = 0
            for part in parts {
                part.withPointer { (target + offset).update(from: $0, count: part.count) }
                offset += part.count
            }
        }
        return result
    }

    /// A matrix with rows and columns exchanged.
    package var transposed: Tensor {
        precondition(shape.count == 2, "transposing shape \(shape)")
        let (rows, columns) = (rows, columns)
        var result = Tensor(uninitialized: [columns, rows])
        withPointer { source in
            result.withMutablePointer { target in
                for row in 0..<rows {
                    for column in 0..<columns { target[column * rows + row] = source[row * columns + column] }
                }
            }
        }
        return result
    }

    /// The mean of the rows of a matrix, of which there is one at least, `[1, columns]`.
    package func meanOfRows() -> Tensor {
        precondition(shape.count == 2 && rows > 0, "the mean of the rows of \(shape)")
        var sums = [Double](repeating: 0, count: columns)
        withPointer { source in
            for row in 0..<rows {
                for column in 0..<columns { sums[column] += Double(source[row * columns + column]) }
            }
        }
        return Tensor([1, columns], sums.map { Float($0 / Double(rows)) })
    }
}
