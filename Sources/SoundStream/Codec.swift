package import NeuralLayers
package import Tensors

/// SoundStream on MDCT frames: wave → codes → wave, 50 frames per second (arXiv 2107.03312).
///
/// The networks see one frame of MDCT coefficients each 20 ms in place of strided convolutions of the wave; a
/// learned encoder, residual vector quantiser and decoder remain. Everything is causal. Whole and streamed use
/// give the same codes and the same samples, bit for bit, in pieces of any size.
package struct Codec: Sendable {
    package let configuration: CodecConfiguration
    let transform: MDCT
    let encoder: Encoder  // "encoder"
    let quantizer: ResidualQuantizer  // "quantizer"
    let decoder: Decoder  // "decoder"

    /// Builds the codec. Throws `CodecError` or `ModelError` if configuration and weights do not make one.
    package init(configuration: CodecConfiguration, weights: WeightScope) throws {
        try configuration.validate()
        self.configuration = configuration
        encoder = try Encoder(configuration, from: weights["encoder"])
        quantizer = try ResidualQuantizer(configuration, from: weights["quantizer"])
        decoder = try Decoder(configuration, from: weights["decoder"])
        try weights.requireAllUsed()
        transform = MDCT(hop: configuration.hop)
    }

    /// The codes of a whole recording: ⌈samples / hop⌉ frames, silence after its end.
    package func encode(samples: [Float], on pool: WorkerPool) -> CodeFrames {
        let hop = configuration.hop
        let padded = samples + [Float](repeating: 0, count: (hop - samples.count % hop) % hop)
        var state = makeEncoderState()
        var codes = CodeFrames(levels: configuration.levels)
        for start in stride(from: 0, to: padded.count, by: Self.pieceFrames * hop) {
            let piece = padded[start..<min(start + Self.pieceFrames * hop, padded.count)]
            codes.append(encode(samples: Array(piece), &state, on: pool))
        }
        return codes
    }

    /// The sound of codes of any number of levels: hop samples for each frame.
    ///
    /// The last hop samples would need one more frame to be exact; they are the fading half of the last.
    package func decode(codes: CodeFrames, on pool: WorkerPool) throws -> [Float] {
        var state = makeDecoderState()
        var samples: [Float] = []
        for start in stride(from: 0, to: codes.count, by: Self.pieceFrames) {
            samples += try decode(
                codes: codes[start..<min(start + Self.pieceFrames, codes.count)], &state, on: pool)
        }
        return samples + finish(&state)
    }

    /// Frames that whole recordings are worked on at once, to bound the memory.
    private static let pieceFrames = 256
}
