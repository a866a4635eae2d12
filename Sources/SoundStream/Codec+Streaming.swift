import NeuralLayers
package import Tensors

extension Codec {
    /// What encoding remembers between pieces of a recording.
    package struct EncoderState: Sendable {
        fileprivate var blocks: [DepthwiseConv1d.State]
        /// Samples that later spectra need: the past that the next one sees, then those of an unfinished frame.
        fileprivate var pending: [Float]
    }

    /// What decoding remembers between pieces.
    package struct DecoderState: Sendable {
        fileprivate var blocks: [DepthwiseConv1d.State]
        fileprivate var synthesis: Synthesis.State
    }

    /// The state at the beginning of a recording, silence before it.
    package func makeEncoderState() -> EncoderState {
        let past = configuration.window - configuration.spectrumHop
        return EncoderState(blocks: encoder.makeState(), pending: [Float](repeating: 0, count: past))
    }

    package func makeDecoderState() -> DecoderState {
        DecoderState(blocks: decoder.makeState(), synthesis: synthesis.makeState())
    }

    /// The state after a recording, to decode what follows it in phase: the first sample decoded is the one after
    /// its last. Throws as `decode` does.
    /// - Parameters:
    ///   - samples: the recording's end, a window or more; its last sample is the last of a frame of codes.
    ///   - expected: what can be expected to follow, for half a window: spectra whose middle is not after the
    ///     recording's end are taken from both, not from the codes.
    ///   - codes: the codes of its last frames, as many as the network looks back on.
    package func makeDecoderState(
        after samples: [Float], expecting expected: [Float], codes: CodeFrames, on pool: WorkerPool
    ) throws -> DecoderState {
        var blocks = decoder.makeState()
        let reach = configuration.decoderBlocks * (configuration.kernel - 1)
        _ = try spectra(codes[max(codes.count - reach, 0)..<codes.count], &blocks, on: pool)
        return DecoderState(
            blocks: blocks, synthesis: synthesis.makeState(after: samples, expecting: expected, on: pool))
    }

    /// The codes of all frames that `samples`, any number of them, complete.
    /// - Parameter levels: how many levels are to code the sound, all unless given.
    package func encode(
        samples: [Float], levels: Int? = nil, _ state: inout EncoderState, on pool: WorkerPool
    ) -> CodeFrames {
        let c = configuration
        let used = levels ?? c.levels
        state.pending += samples
        let frames = (state.pending.count + c.spectrumHop - c.window) / c.hop
        guard frames > 0 else { return CodeFrames(levels: used) }
        let spectra = spectrum.levels(state.pending, frames: frames * c.spectra, on: pool)
            .reshaped([frames, c.spectra * c.bins])
        state.pending.removeFirst(frames * c.hop)
        return quantizer.encode(
            latents(spectra, levels: used, &state.blocks, on: pool), levels: used, on: pool)
    }

    /// The samples that `codes` complete: `window` fewer than the frames so far stand for. Throws if there are more
    /// levels than the codec has, a code that it does not have, or if what comes out is no number.
    package func decode(
        codes: CodeFrames, _ state: inout DecoderState, on pool: WorkerPool
    ) throws -> [Float] {
        guard codes.count > 0 else { return [] }
        let spectra = try spectra(codes, &state.blocks, on: pool)
        let samples = synthesis(
            spectra.reshaped([codes.count * configuration.spectra, configuration.bins]), &state.synthesis,
            on: pool)
        guard samples.allSatisfy(\.isFinite) else { throw CodecError.notFinite }
        return samples
    }
}
