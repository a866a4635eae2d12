package import Tensors
package import Testing

/// Expects two tensors of equal shape whose elements differ by at most `absolute + relative · |expected|`.
/// A failure reports the largest differences and the first element that is too far off.
package func expectClose(
    _ actual: Tensor, _ expected: Tensor, absolute: Float = 1e-5, relative: Float = 1e-5,
    _ label: String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
    guard actual.shape == expected.shape else {
        Issue.record(
            "\(label) shape \(actual.shape), expected \(expected.shape)", sourceLocation: sourceLocation)
        return
    }
    expectClose(
        actual.elements, expected.elements, absolute: absolute, relative: relative, label,
        sourceLocation: sourceLocation)
}

/// Expects two arrays of equal length whose elements differ by at most `absolute + relative · |expected|`.
package func expectClose(
    _ actual: [Float], _ expected: [Float], absolute: Float = 1e-5, relative: Float = 1e-5,
    _ label: String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
    guard actual.count == expected.count else {
        Issue.record(
            "\(label) \(actual.count) elements, expected \(expected.count)", sourceLocation: sourceLocation)
        return
    }
    var largestAbsolute: Float = 0
    var largestRelative: Float = 0
    var firstFailure: Int?
    for (index, (a, e)) in zip(actual, expected).enumerated() {
        let difference = abs(a - e)
        if !(difference <= absolute + relative * abs(e)), firstFailure == nil { firstFailure = index }
        largestAbsolute = max(largestAbsolute, difference)
        largestRelative = max(largestRelative, difference / max(abs(e), .leastNormalMagnitude))
    }
    guard let index = firstFailure else { return }
    Issue.record(
        """
        \(label) element \(index) is \(actual[index]), expected \(expected[index]); \
        largest difference \(largestAbsolute) absolute, \(largestRelative) relative
        """, sourceLocation: sourceLocation)
}

/// Expects equal shapes and equal bits.
package func expectIdentical(
    _ actual: Tensor, _ expected: Tensor, _ label: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) {
    guard actual.shape == expected.shape else {
        Issue.record(
            "\(label) shape \(actual.shape), expected \(expected.shape)", sourceLocation: sourceLocation)
        return
    }
    expectIdentical(actual.elements, expected.elements, label, sourceLocation: sourceLocation)
}

/// Expects equal lengths and equal bits.
package func expectIdentical(
    _ actual: [Float], _ expected: [Float], _ label: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) {
    guard actual.count == expected.count else {
        Issue.record(
            "\(label) \(actual.count) elements, expected \(expected.count)", sourceLocation: sourceLocation)
        return
    }
    for (index, (a, e)) in zip(actual, expected).enumerated() where a.bitPattern != e.bitPattern {
        Issue.record(
            "\(label) element \(index) is \(a), expected exactly \(e)", sourceLocation: sourceLocation)
        return
    }
}
