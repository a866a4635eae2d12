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

    @Test func transform() throws {
        let hop = codec.configuration.hop
        let padded = Tensor([tiny.samples.count + hop], [Float](repeating: 0, count: hop) + tiny.samples)
        expectClose(
            codec.transform.analyse(padded, on: pool), try tiny.golden.tensor("coefficients"), absolute: 2e-6)
    }

    @Test func encoder() throws {
        var state = codec.encoder.makeState()
        expectClose(
            codec.encoder(try tiny.golden.tensor("coefficients"), &state, on: pool),
            try tiny.golden.tensor("latents"), absolute: 5e-5)
    }

    @Test func quantizer() throws {
        let codes = codec.quantizer.encode(try tiny.golden.tensor("latents"), on: pool)
        #expect(codes == (try tiny.goldenCodes))
        expectClose(
            try codec.quantizer.decode(try tiny.goldenCodes), try tiny.golden.tensor("quantised"),
            absolute: 1e-6)
    }

    @Test func decoder() throws {
        var state = codec.decoder.makeState()
        expectClose(
            codec.decoder(try tiny.golden.tensor("quantised"), &state, on: pool),
            try tiny.golden.tensor("decoded_coefficients"), absolute: 2e-5, relative: 2e-5)
    }

    @Test func wholeCodec() throws {
        let codes = codec.encode(samples: tiny.samples, on: pool)
        #expect(codes == (try tiny.goldenCodes))
        let expected = try tiny.golden.tensor("decoded").elements
        let decoded = try codec.decode(codes: codes, on: pool)
        #expect(decoded.count == tiny.samples.count)
        expectClose(Array(decoded.prefix(expected.count)), expected, absolute: 2e-5)
        let coarse = try codec.decode(codes: codes.prefix(levels: 2), on: pool)
        expectClose(
            Array(coarse.prefix(expected.count)), try tiny.golden.tensor("decoded_two_levels").elements,
            absolute: 2e-5)
    }
}
