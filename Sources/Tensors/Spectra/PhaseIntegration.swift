internal import CKernels

/// Phases for magnitude spectra by real-time phase gradient heap integration (Průša and Søndergaard, DAFx 2016).
///
/// For a Gaussian window the phase's derivatives in time and frequency follow from those of the logarithmic
/// magnitude; a Hann window is nearly one. Each frame's phases are integrated from the loudest bins outwards, from the
/// frame before or from a neighbour. All phases are in turns.
package struct PhaseIntegration: Sendable {
    /// Time-frequency ratio of the Gaussian window nearest to a Hann window, over its squared length.
    private static let gaussianOfHann = 0.25645

    package let bins: Int
    private let silentLevel: Float
    private let turnsPerBin: Float
    private let inTime: Float
    private let inFrequency: Float

    /// - Parameters:
    ///   - logarithmOfLevel: what a level of one adds to the natural logarithm of the magnitude.
    ///   - silentLevel: bins at or below it get noise as phases.
    package init(window: Int, hop: Int, fft: Int, logarithmOfLevel: Double, silentLevel: Float) {
        bins = fft / 2 + 1
        self.silentLevel = silentLevel
        turnsPerBin = Float(Double(hop) / Double(fft))
        let ratio = Self.gaussianOfHann * Double(window * window)
        let area = Double(hop * fft)
        inTime = Float(area / ratio * logarithmOfLevel / 2 / (2 * Double.pi))
        inFrequency = Float(-ratio / area * logarithmOfLevel / 2 / (2 * Double.pi))
    }

    /// The phases of a frame without one before it: noise that depends on frame and bin alone, `[bins]`.
    package func noise(frame: Int, into phases: UnsafeMutablePointer<Float>) {
        audiolm_phase_noise(bins, UInt64(frame), phases)
    }

    /// The phases of a frame, `[bins]`, from its levels and its neighbours' and the phases of the one before.
    package func integrate(
        before: UnsafePointer<Float>, now: UnsafePointer<Float>, after: UnsafePointer<Float>,
        phasesBefore: UnsafePointer<Float>, frame: Int, into phases: UnsafeMutablePointer<Float>
    ) {
        var gradient = audiolm_phase_gradient(
            bins: bins, silent_level: silentLevel, turns_per_bin: turnsPerBin, in_time: inTime,
            in_frequency: inFrequency)
        withUnsafeTemporaryAllocation(byteCount: audiolm_phase_scratch(bins), alignment: 64) { scratch in
            guard let scratch = scratch.baseAddress else { return }
            audiolm_integrate_phases(
                &gradient, before, now, after, phasesBefore, UInt64(frame), scratch, phases)
        }
    }
}
