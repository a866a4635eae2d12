/// A symmetric matrix and what its eigenvectors make of it.
struct SymmetricMatrix: Sendable {
    let size: Int
    /// `[rows × columns]`
    private(set) var elements: [Double]

    private static let sweeps = 60

    init(size: Int, elements: [Double]) {
        precondition(elements.count == size * size)
        self.size = size
        self.elements = elements
    }

    /// The covariance of rows, over one less than their number; at least two.
    init(covarianceOf rows: [[Double]], mean: [Double]) {
        let size = mean.count
        var elements = [Double](repeating: 0, count: size * size)
        for row in rows {
            for i in 0..<size {
                let first = row[i] - mean[i]
                for j in i..<size { elements[i * size + j] += first * (row[j] - mean[j]) }
            }
        }
        for i in 0..<size {
            for j in i..<size {
                elements[i * size + j] /= Double(rows.count - 1)
                elements[j * size + i] = elements[i * size + j]
            }
        }
        self.init(size: size, elements: elements)
    }

    var trace: Double { (0..<size).reduce(0) { $0 + elements[$1 * size + $1] } }

    /// Eigenvalues, and eigenvectors as columns `[rows × columns]`, by Jacobi's rotations.
    func eigen() -> (values: [Double], vectors: [Double]) {
        var a = elements
        var v = [Double](repeating: 0, count: size * size)
        for i in 0..<size { v[i * size + i] = 1 }
        let total = a.reduce(0) { $0 + $1 * $1 }
        for _ in 0..<Self.sweeps {
            var off = 0.0
            for p in 0..<size {
                for q in p + 1..<max(p + 1, size) {
                    off += a[p * size + q] * a[p * size + q]
                    Self.rotate(&a, &v, p, q, size)
                }
            }
            if off <= 1e-24 * total { break }
        }
        return ((0..<size).map { a[$0 * size + $0] }, v)
    }

    /// The root with eigenvalues that are not negative; negative ones, which rounding leaves, count as 0.
    func squareRoot() -> SymmetricMatrix {
        let (values, vectors) = eigen()
        var root = [Double](repeating: 0, count: size * size)
        for (k, value) in values.enumerated() where value > 0 {
            let scale = value.squareRoot()
            for i in 0..<size {
                let first = scale * vectors[i * size + k]
                for j in 0..<size { root[i * size + j] += first * vectors[j * size + k] }
            }
        }
        return SymmetricMatrix(size: size, elements: root)
    }

    /// self · other · self, symmetric like both.
    func around(_ other: SymmetricMatrix) -> SymmetricMatrix {
        let inner = Self.product(other.elements, elements, size)
        return SymmetricMatrix(size: size, elements: Self.product(elements, inner, size))
    }

    private static func product(_ a: [Double], _ b: [Double], _ size: Int) -> [Double] {
        var result = [Double](repeating: 0, count: size * size)
        for i in 0..<size {
            for k in 0..<size {
                let factor = a[i * size + k]
                for j in 0..<size { result[i * size + j] += factor * b[k * size + j] }
            }
        }
        return result
    }

    /// Makes the element at p, q zero.
    private static func rotate(_ a: inout [Double], _ v: inout [Double], _ p: Int, _ q: Int, _ n: Int) {
        let here = a[p * n + q]
        guard here != 0 else { return }
        let theta = (a[q * n + q] - a[p * n + p]) / (2 * here)
        let t = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
        let c = 1 / (t * t + 1).squareRoot()
        let s = t * c
        for k in 0..<n {
            let (x, y) = (a[k * n + p], a[k * n + q])
            a[k * n + p] = c * x - s * y
            a[k * n + q] = s * x + c * y
        }
        for k in 0..<n {
            let (x, y) = (a[p * n + k], a[q * n + k])
            a[p * n + k] = c * x - s * y
            a[q * n + k] = s * x + c * y
            let (g, h) = (v[k * n + p], v[k * n + q])
            v[k * n + p] = c * g - s * h
            v[k * n + q] = s * g + c * h
        }
    }
}
