import Foundation
import Tensors

/// Inputs and outputs of a bundle's networks as PyTorch computed them, tensors named `<part>.<name>`.
struct GoldenFile {
    let file: SafetensorsFile

    init(_ url: URL) throws {
        do {
            file = try SafetensorsFile(path: url.path)
        } catch {
            throw BundleError.weights(path: url.relativePath, reason: "\(error)")
        }
    }

    /// Runs the comparisons of one part and sums them up.
    func verify(_ part: String, _ compare: (GoldenPart) throws -> [Comparison]) throws -> VerificationResult {
        let comparisons = try compare(GoldenPart(name: part, file: file))
        return VerificationResult(
            part: part, passed: comparisons.allSatisfy(\.passed),
            detail: comparisons.map(\.detail).joined(separator: ", "))
    }
}

/// The golden tensors of one part.
struct GoldenPart {
    let name: String
    let file: SafetensorsFile

    func tensor(_ key: String) throws -> Tensor {
        do { return try file.tensor("\(name).\(key)") } catch { throw damage(key) }
    }

    /// Integers, each at least 0 and below `limit`.
    func integers(_ key: String, below limit: Int = .max) throws -> [Int] {
        guard let values = try? file.integers("\(name).\(key)"), values.allSatisfy((0..<limit).contains)
        else {
            throw damage(key)
        }
        return values
    }

    /// Integers as `[frames][levels]`.
    func frames(_ key: String, levels: Int, below limit: Int) throws -> [[Int]] {
        let values = try integers(key, below: limit)
        guard values.count % levels == 0, !values.isEmpty else { throw damage(key) }
        return stride(from: 0, to: values.count, by: levels).map { Array(values[$0..<($0 + levels)]) }
    }

    func damage(_ key: String) -> BundleError {
        .weights(
            path: file.path,
            reason: "“\(name).\(key)” is missing or not what was expected; fetch the bundle again")
    }
}

/// What one output was expected to be, and was.
struct Comparison {
    let passed: Bool
    let detail: String

    /// Difference that is allowed between logits or samples of two machines.
    private static let tolerance: Float = 5e-3
    /// Root of the mean squared difference that is allowed where attention is from bytes.
    private static let nearEnough: Float = 0.01
    /// The same where inputs are rounded to seven bits.
    private static let likeEnough: Float = 0.15
    /// Share of tokens that must be equal; rounding decides between two almost equal ones.
    private static let leastAgreement = 0.95

    static func closeness(_ name: String, _ found: Tensor, _ expected: Tensor) -> Comparison {
        comparison(name, found, expected) { differences in
            let difference = differences.reduce(0) { max($0, abs($1)) }
            return Comparison(
                passed: differences.allSatisfy { abs($0) <= tolerance },
                detail: "\(name) differ by at most \(difference) (allowed \(tolerance))")
        }
    }

    /// Of a network whose attention is from bytes: what lies on the edge between two of them falls to either side.
    static func nearness(_ name: String, _ found: Tensor, _ expected: Tensor) -> Comparison {
        onAverage(name, found, expected, atMost: nearEnough)
    }

    /// Of a network whose inputs are rounded to seven bits. What is added to all logits of a row changes no probability.
    static func likeness(_ name: String, _ found: Tensor, _ expected: Tensor) -> Comparison {
        onAverage("\(name) from inputs of seven bits", found, expected, atMost: likeEnough) { differences in
            let width = found.columns
            for row in stride(from: 0, to: differences.count, by: width) {
                let mean = differences[row..<row + width].reduce(0, +) / Float(width)
                for index in row..<row + width { differences[index] -= mean }
            }
        }
    }

    private static func onAverage(
        _ name: String, _ found: Tensor, _ expected: Tensor, atMost allowed: Float,
        reduced: (inout [Float]) -> Void = { _ in }
    ) -> Comparison {
        comparison(name, found, expected) { all in
            var differences = all
            reduced(&differences)
            let squares = differences.reduce(0) { $0 + $1 * $1 }
            let difference = (squares / Float(differences.count)).squareRoot()
            return Comparison(
                passed: difference <= allowed,
                detail: "\(name) differ by \(difference) on average (allowed \(allowed))")
        }
    }

    /// What `judge` makes of the differences of two tensors of one shape.
    private static func comparison(
        _ name: String, _ found: Tensor, _ expected: Tensor, _ judge: ([Float]) -> Comparison
    ) -> Comparison {
        guard found.shape == expected.shape, found.count > 0 else {
            return Comparison(
                passed: false, detail: "\(name) of shape \(found.shape), expected \(expected.shape)")
        }
        return judge(zip(found.elements, expected.elements).map { $0 - $1 })
    }

    static func agreement(_ name: String, _ found: [Int], _ expected: [Int]) -> Comparison {
        guard found.count == expected.count, !expected.isEmpty else {
            return Comparison(passed: false, detail: "\(found.count) \(name), expected \(expected.count)")
        }
        let equal = zip(found, expected).count { $0 == $1 }
        let share = Double(equal) / Double(expected.count)
        return Comparison(
            passed: share >= leastAgreement,
            detail:
                "\(equal) of \(expected.count) \(name) equal (allowed from \(Int(leastAgreement * 100)) %)")
    }
}
