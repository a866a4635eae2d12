import Tensors
import TestSupport
import Testing

@testable import SoundStream

/// Sound from true levels alone, on spectra of the usual size.
@Suite struct SynthesisTests {
    let spectrum: Spectrum
    let synthesis: Synthesis
    let pool = WorkerPool(threads: 1)

    init() throws {
        var configuration = try TinyCodec().codec.configuration
        (configuration.hop, configuration.window, configuration.fft) = (480, 1440, 2048)
        spectrum = Spectrum(configuration)
        synthesis = Synthesis(spectrum, fft: configuration.fft)
    }

    /// Half a second of a decaying chord.
    private var chord: [Float] {
        (0..<12_000).map { i in
            let time = Double(i) / 24_000
            let sum = [220, 277.18, 329.63].reduce(0.0) { $0 + sine(2 * .pi * $1 * time) }
            return 0.1 * Float(sum * exponential(-2 * time))
        }
    }

    private func levels(of samples: [Float]) -> Tensor {
        let past = [Float](repeating: 0, count: spectrum.window - spectrum.hop)
        return spectrum.levels(past + samples, frames: samples.count / spectrum.hop, on: pool)
    }

    /// Energy of `reference` over that of its difference from `sound`, in dB.
    private func fidelity(_ sound: ArraySlice<Float>, to reference: ArraySlice<Float>) -> Double {
        let pairs = zip(sound, reference)
        let signal = pairs.reduce(0.0) { $0 + Double($1.1 * $1.1) }
        let error = pairs.reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
        return 10 * logarithm(signal / error) / logarithm(10.0)
    }

    /// The 20 ms after `seam`, whose phases go on from what came before and what was expected.
    private func continuation(
        of samples: [Float], at seam: Int, expecting expected: [Float]
    ) -> ArraySlice<Float> {
        let levels = levels(of: samples)
        var state = synthesis.makeState(after: Array(samples[..<seam]), expecting: expected, on: pool)
        return synthesis(levels.rows(seam / spectrum.hop..<levels.rows), &state, on: pool)[..<480]
    }

    @Test func continuesARecordingInPhase() {
        let samples = chord
        let seam = 4800
        let truth = samples[seam..<seam + 480]
        let expected = Array(samples[seam..<seam + 720])
        #expect(fidelity(continuation(of: samples, at: seam, expecting: expected), to: truth) > 20)
        let levels = levels(of: samples)
        var state = synthesis.makeState()
        let unprimed = synthesis(levels.rows(20..<50), &state, on: pool)[..<480]
        #expect(fidelity(unprimed, to: truth) < 3)
    }

    @Test func soundHasTheLevelsThatItIsMadeFrom() {
        let levels = levels(of: chord)
        var state = synthesis.makeState()
        let found = self.levels(of: synthesis(levels, &state, on: pool))
        // Settled spectra, bins above −60 dB.
        let differences = (10 * found.columns..<found.count).filter { levels[$0] > 0 }
            .map { abs(levels[$0] - found[$0]) }
        #expect(differences.count > 100)
        #expect(differences.reduce(0, +) / Float(differences.count) < 0.1)
    }

    @Test func silenceDecodesToSilence() {
        var state = synthesis.makeState()
        let silence = Tensor([30, spectrum.bins], filledWith: Levels.silent)
        #expect(synthesis(silence, &state, on: pool) == [Float](repeating: 0, count: 29 * 240 - 1200))
    }

    /// True levels with true phases give the wave back: both halves of the transform fit.
    @Test func trueSpectraGiveTheWaveBack() {
        let samples = Array(chord[..<spectrum.window])
        let frame = spectrum.frames(
            levels: spectrum.levels(samples, frames: 1, on: pool),
            phases: spectrum.phases(samples, frames: 1, on: pool), on: pool)
        let overlap = Float(3 * spectrum.window) / Float(8 * spectrum.hop)
        let expected = zip(samples, hannWindow(spectrum.window)).map { $0 * $1 * $1 / overlap }
        expectClose(frame.elements, expected, absolute: 3e-5)
    }
}
