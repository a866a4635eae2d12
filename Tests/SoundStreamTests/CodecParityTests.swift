import NeuralLayers
import Tensors
import TestSupport
import Testing

@testable import SoundStream

/// Every stage of the codec against PyTorch, each from PyTorch's input.
@Suite struct CodecParityTests {
    let tiny: TinyCodec
    let pool = WorkerPool(threads: 2)
    var codec: Codec { tiny.codec }

    init() throws { tiny = try TinyCodec() }

    @Test func analysis() throws {
        let expected = try tiny.golden.tensor("levels")
        let past = [Float](repeating: 0, count: codec.configuration.window - codec.configuration.spectrumHop)
        expectClose(
            codec.spectrum.levels(past + tiny.samples, frames: expected.rows, on: pool), expected,
            absolute: 3e-4)
    }

    @Test func encoder() throws {
        var state = codec.encoder.makeState()
        expectClose(
            codec.encoder(tiny.stacked(try tiny.golden.tensor("levels")), &state, on: pool),
            try tiny.golden.tensor("latents"), absolute: 5e-5)
    }

    @Test func adaptedEncoder() throws {
        var state = codec.encoder.makeState()
        let spectra = tiny.stacked(try tiny.golden.tensor("levels"))
        let adapted = codec.latents(spectra, levels: 2, &state, on: pool)
        expectClose(adapted, try tiny.golden.tensor("latents_of_two"), absolute: 5e-5)
        state = codec.encoder.makeState()
        let plain = codec.latents(spectra, levels: 3, &state, on: pool)
        expectClose(plain, try tiny.golden.tensor("latents"), absolute: 5e-5)
    }

    @Test func quantizer() throws {
        let latents = try tiny.golden.tensor("latents")
        #expect(codec.quantizer.encode(latents, levels: 4, on: pool) == (try tiny.goldenCodes))
        let fewer = try tiny.golden.tensor("latents_of_two")
        #expect(codec.quantizer.encode(fewer, levels: 2, on: pool) == (try tiny.goldenCodesOfTwo))
        expectClose(
            try codec.quantizer.decode(try tiny.goldenCodes), try tiny.golden.tensor("quantised"),
            absolute: 1e-6)
    }

    @Test func decoder() throws {
        var state = codec.decoder.makeState()
        expectClose(
            codec.decoder(try tiny.golden.tensor("quantised"), &state, on: pool),
            tiny.stacked(try tiny.golden.tensor("decoded_levels")), absolute: 5e-5, relative: 2e-5)
    }

    /// Both perform the same operations in the same order.
    @Test func phases() throws {
        var state = codec.synthesis.makeState()
        let phases = codec.synthesis.phased(try tiny.golden.tensor("levels"), &state).phases
        expectIdentical(phases, try tiny.golden.tensor("phases"))
    }

    @Test func sound() throws {
        var state = codec.synthesis.makeState()
        expectClose(
            codec.synthesis(try tiny.golden.tensor("levels"), &state, on: pool),
            try tiny.golden.tensor("sound").elements, absolute: 2e-6)
    }

    @Test func wholeCodec() throws {
        let expected = try tiny.goldenCodes
        let codes = codec.encode(samples: tiny.samples, on: pool)
        #expect(codes.count == expected.count + codec.configuration.delay)
        #expect(codes[0..<expected.count] == expected)
        #expect(try codec.decode(codes: codes, on: pool).count == tiny.samples.count)
        let ofTwo = codec.encode(samples: tiny.samples, levels: 2, on: pool)
        #expect(ofTwo[0..<expected.count] == (try tiny.goldenCodesOfTwo))
        for (codes, name) in [
            (expected, "decoded_levels"), (try tiny.goldenCodesOfTwo, "decoded_levels_of_two"),
        ] {
            var state = codec.decoder.makeState()
            expectClose(
                try codec.spectra(codes, &state, on: pool), tiny.stacked(try tiny.golden.tensor(name)),
                absolute: 5e-5, relative: 2e-5, name)
        }
    }
}
