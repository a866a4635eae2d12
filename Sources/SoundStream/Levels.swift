import Tensors

/// Logarithmic magnitudes, as the networks see them: about −1.7 at −100 dB of full scale and 2.5 at full scale.
enum Levels {
    /// The natural logarithm of the magnitudes that lie one level apart.
    static let logarithm = 1.2 * Tensors.logarithm(10.0)

    /// Magnitudes below sound like none, and are none to the decoder.
    static let silent = Float((Tensors.logarithm(2e-5) / Tensors.logarithm(10.0) + 3) / 1.2)

    /// The lowest and highest level whose magnitude is told apart.
    private static let sounding: ClosedRange<Float> = -2...3

    /// Squared magnitudes to levels, those below −100 dB raised to it.
    static func ofPowers(_ powers: Tensor) -> Tensor {
        var levels = powers
        levels.clamp(to: 1e-10...(.greatestFiniteMagnitude))
        levels.logarithm2()
        levels.scale(by: Float(Tensors.logarithm(2.0) / 2 / logarithm), adding: 2.5)
        return levels
    }

    /// Levels to magnitudes, at most 12 dB above full scale, and none where silent.
    static func magnitudes(_ levels: Tensor) -> Tensor {
        var magnitudes = levels
        magnitudes.clamp(to: sounding)
        magnitudes.scale(by: Float(logarithm), adding: Float(-2.5 * logarithm))
        magnitudes.exponential()
        let count = levels.count
        levels.withPointer { levels in
            magnitudes.withMutablePointer { magnitudes in
                for i in 0..<count where levels[i] <= silent { magnitudes[i] = 0 }
            }
        }
        return magnitudes
    }
}
