/// Continues `signal` by `count` samples as its own resonances would ring on.
///
/// The predictor is Burg's (Marple, Digital Spectral Analysis, 1987, section 8.5), which is always stable, so that
/// what it adds never grows. It takes the place of the missing future under a cross-fade.
func extrapolated(_ signal: ArraySlice<Float>, by count: Int, order: Int) -> [Float] {
    var history = signal.map(Double.init)
    let coefficients = burgCoefficients(history, order: min(order, history.count / 3))
    let start = history.count
    for _ in 0..<count {
        var next = 0.0
        for (k, coefficient) in coefficients.enumerated() {
            next += coefficient * history[history.count - 1 - k]
        }
        history.append(next)
    }
    return history[start...].map { Float($0) }
}

/// Coefficients a with x[n] ≈ Σ a[k]·x[n − 1 − k], minimising forward and backward errors together.
func burgCoefficients(_ x: [Double], order: Int) -> [Double] {
    var forward = x
    var backward = x
    var coefficients: [Double] = []
    let energy = x.reduce(0) { $0 + $1 * $1 }
    for m in 0..<order {
        var numerator = 0.0
        var denominator = 0.0
        for n in m + 1..<x.count {
            numerator += forward[n] * backward[n - 1]
            denominator += forward[n] * forward[n] + backward[n - 1] * backward[n - 1]
        }
        // Nothing is left to predict in silence and in pure tones.
        guard denominator > 1e-12 * energy else { break }
        let reflection = 2 * numerator / denominator
        let previous = coefficients
        for k in 0..<m { coefficients[k] = previous[k] - reflection * previous[m - 1 - k] }
        coefficients.append(reflection)
        for n in stride(from: x.count - 1, to: m, by: -1) {
            let f = forward[n]
            forward[n] = f - reflection * backward[n - 1]
            backward[n] = backward[n - 1] - reflection * f
        }
    }
    return coefficients
}
