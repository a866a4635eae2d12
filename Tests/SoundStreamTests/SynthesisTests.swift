import Tensors
import TestSupport
import Testing

@testable import SoundStream

/// Sound from true levels alone.
@Suite struct SynthesisTests {
    let codec: Codec
    let pool = WorkerPool(threads: 1)
    private let seconds = 0.25

    init() throws { codec = try TinyCodec().codec }

    /// Decaying tones far enough apart for the tiny codec's window of 6 ms.
    private var tones: [Float] {
        (0..<Int(24_000 * seconds)).map { i in
            let time = Double(i) / 24_000
            let sum = [700.0, 2_310, 5_020].reduce(0) { $0 + sine(2 * .pi * $1 * time) }
            return 0.1 * Float(sum * exponential(-2 * time))
        }
    }

    private func levels(of samples: [Float]) -> Tensor {
        let spectrum = codec.spectrum
        let past = [Float](repeating: 0, count: spectrum.window - spectrum.hop)
        return spectrum.levels(past + samples, frames: samples.count / spectrum.hop, on: pool)
    }

    /// Energy of `sound` over that of its difference from `reference`, in dB.
    private func fidelity(_ sound: ArraySlice<Float>, to reference: ArraySlice<Float>) -> Double {
        let pairs = zip(sound, reference)
        let signal = pairs.reduce(0.0) { $0 + Double($1.1 * $1.1) }
        let error = pairs.reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
        return 10 * logarithm(signal / error) / logarithm(10)
    }

    /// Where a recording's own last window lends its phases, the sound goes on as the recording does.
    @Test func continuesARecordingInPhase() {
        let samples = tones
        let seam = 48 * 50
        let levels = levels(of: samples)
        let later = levels.rows(seam / codec.spectrum.hop..<levels.rows)
        var state = codec.synthesis.makeState(after: Array(samples[..<seam]), on: pool)
        let sound = codec.synthesis(later, &state, on: pool)
        #expect(fidelity(sound[..<480], to: samples[seam...]) > 15)
        // Without it, the phases are others.
        var unprimed = codec.synthesis.makeState()
        #expect(fidelity(codec.synthesis(later, &unprimed, on: pool)[..<480], to: samples[seam...]) < 5)
    }

    @Test func soundHasTheLevelsThatItIsMadeFrom() {
        let samples = tones
        let levels = levels(of: samples)
        var state = codec.synthesis.makeState()
        let sound = codec.synthesis(levels, &state, on: pool)
        let found = self.levels(of: sound)
        // Settled frames, bins above −60 dB.
        let pairs = (20 * found.columns..<found.count).filter { levels[$0] > 0 }
            .map { abs(levels[$0] - found[$0]) }
        #expect(pairs.reduce(0, +) / Float(pairs.count) < 0.05)
    }

    @Test func silenceDecodesToSilence() {
        var state = codec.synthesis.makeState()
        let silence = Tensor([30, codec.spectrum.bins], filledWith: Levels.silent)
        #expect(codec.synthesis(silence, &state, on: pool).allSatisfy { $0 == 0 })
    }

    /// True magnitudes with true phases give the wave back: both halves of the transform fit.
    @Test func trueSpectraGiveTheWaveBack() {
        let samples = tones
        let spectrum = codec.spectrum
        let last = spectrum.last(of: Array(samples[..<spectrum.window]), on: pool)
        let frame = spectrum.frames(levels: last.levels, phases: last.phases, on: pool)
        let window = hannWindow(spectrum.window)
        let overlap = Float(3 * spectrum.window) / Float(8 * spectrum.hop)
        let expected = zip(samples, window).map { $0 * $1 * $1 / overlap }
        expectClose(frame.elements, expected, absolute: 2e-5)
    }
}
