package import NeuralLayers
package import Tensors

/// SoundStream on short-time magnitudes: wave → codes → wave, 50 frames per second (arXiv 2107.03312).
///
/// The networks see the levels of a few spectra each 20 ms in place of strided convolutions of the wave, and no phases:
/// when decoding, phase gradient heap integration finds some that fit the magnitudes. Everything is causal. Whole
/// and streamed use give the same codes and the same samples, bit for bit, in pieces of any size.
package struct Codec: Sendable {
    package let configuration: CodecConfiguration
    let spectrum: Spectrum
    let encoder: Coder  // "encoder"
    let quantizer: ResidualQuantizer  // "quantizer"
    let decoder: Coder  // "decoder"
    private let encoderAdapter: CoderAdapter?  // "adapters.encoder"
    private let decoderAdapter: CoderAdapter?  // "adapters.decoder"
    let synthesis: Synthesis

    /// Builds the codec. Throws `CodecError` or `ModelError` if configuration and weights do not make one.
    package init(configuration c: CodecConfiguration, weights: WeightScope) throws {
        try c.validate()
        configuration = c
        encoder = try Coder(c, c.encoderSizes, from: weights["encoder"])
        quantizer = try ResidualQuantizer(c, from: weights["quantizer"])
        decoder = try Coder(c, c.decoderSizes, from: weights["decoder"])
        if c.adaptedLevels > 0 {
            let adapters = weights["adapters"]
            encoderAdapter = try CoderAdapter(c, c.encoderSizes, from: adapters["encoder"])
            decoderAdapter = try CoderAdapter(c, c.decoderSizes, from: adapters["decoder"])
        } else {
            (encoderAdapter, decoderAdapter) = (nil, nil)
        }
        try weights.requireAllUsed()
        spectrum = Spectrum(c)
        synthesis = Synthesis(spectrum, fft: c.fft)
    }

    /// Spectra, several in a row `[frames, spectra · bins]`, to what codes of `levels` levels are to add up to
    /// `[frames, latentDimension]`.
    func latents(
        _ spectra: Tensor, levels: Int, _ state: inout [DepthwiseConv1d.State], on pool: WorkerPool
    ) -> Tensor {
        encoder(
            spectra, adapter: levels <= configuration.adaptedLevels ? encoderAdapter : nil, &state, on: pool)
    }

    /// Codes to spectra, as `latents` takes them. Throws if there are more levels than the codec has, or a code that it
    /// does not have.
    func spectra(
        _ codes: CodeFrames, _ state: inout [DepthwiseConv1d.State], on pool: WorkerPool
    ) throws(CodecError) -> Tensor {
        decoder(
            try quantizer.decode(codes),
            adapter: codes.levels <= configuration.adaptedLevels ? decoderAdapter : nil, &state, on: pool)
    }

    /// The codes of a whole recording: a frame for each begun `hop` samples, and `delay` frames of the silence after
    /// its end, so that decoding gives all of it back.
    /// - Parameter levels: how many levels are to code the sound, all unless given.
    package func encode(samples: [Float], levels: Int? = nil, on pool: WorkerPool) -> CodeFrames {
        var codes = CodeFrames(levels: levels ?? configuration.levels)
        guard !samples.isEmpty else { return codes }
        let hop = configuration.hop
        let silence = (hop - samples.count % hop) % hop + configuration.delay * hop
        let padded = samples + [Float](repeating: 0, count: silence)
        var state = makeEncoderState()
        for start in stride(from: 0, to: padded.count, by: Self.pieceFrames * hop) {
            let piece = padded[start..<min(start + Self.pieceFrames * hop, padded.count)]
            codes.append(encode(samples: Array(piece), levels: levels, &state, on: pool))
        }
        return codes
    }

    /// The sound of codes of any number of levels: hop samples for each frame but the last ones, `window` samples
    /// fewer in all.
    package func decode(codes: CodeFrames, on pool: WorkerPool) throws -> [Float] {
        var state = makeDecoderState()
        var samples: [Float] = []
        for start in stride(from: 0, to: codes.count, by: Self.pieceFrames) {
            samples += try decode(
                codes: codes[start..<min(start + Self.pieceFrames, codes.count)], &state, on: pool)
        }
        return samples
    }

    /// Frames that whole recordings are worked on at once, to bound the memory.
    private static let pieceFrames = 96
}
