import NeuralLayers
package import Tensors

extension Codec {
    /// What encoding remembers between pieces of a recording.
    package struct EncoderState: Sendable {
        fileprivate var blocks: [DepthwiseConv1d.State]
        /// Samples that later frames need: the last whole hop, then those of an unfinished one.
        fileprivate var pending: [Float]
    }

    /// What decoding remembers between pieces.
    package struct DecoderState: Sendable {
        fileprivate var blocks: [DepthwiseConv1d.State]
        /// The second half of the last frame; `nil` before the first.
        fileprivate var overlap: [Float]?
    }

    /// The state at the beginning of a recording, silence before it.
    package func makeEncoderState() -> EncoderState {
        EncoderState(blocks: encoder.makeState(), pending: [Float](repeating: 0, count: configuration.hop))
    }

    package func makeDecoderState() -> DecoderState { DecoderState(blocks: decoder.makeState()) }

    /// The codes of all frames that `samples`, any number of them, complete.
    package func encode(samples: [Float], _ state: inout EncoderState, on pool: WorkerPool) -> CodeFrames {
        let hop = configuration.hop
        state.pending += samples
        let frames = state.pending.count / hop - 1
        guard frames > 0 else { return CodeFrames(levels: configuration.levels) }
        let window = Tensor([(frames + 1) * hop], state.pending[..<((frames + 1) * hop)])
        state.pending.removeFirst(frames * hop)
        return quantizer.encode(
            encoder(transform.analyse(window, on: pool), &state.blocks, on: pool), on: pool)
    }

    /// The samples that `codes` complete: after frame t those before hop · t, so that the first frame completes
    /// none. Throws if there are more levels than the codec has, or a code that it does not have.
    package func decode(
        codes: CodeFrames, _ state: inout DecoderState, on pool: WorkerPool
    ) throws -> [Float] {
        guard codes.count > 0 else { return [] }
        let hop = configuration.hop
        let latents = try quantizer.decode(codes)
        let frames = transform.synthesise(decoder(latents, &state.blocks, on: pool), on: pool)
        var samples: [Float] = []
        samples.reserveCapacity(codes.count * hop)
        frames.withPointer { frames in
            for frame in 0..<codes.count {
                let first = frames + frame * 2 * hop
                if let overlap = state.overlap {
                    for i in 0..<hop { samples.append(overlap[i] + first[i]) }
                }
                state.overlap = [Float](UnsafeBufferPointer(start: first + hop, count: hop))
            }
        }
        return samples
    }

    /// The fading second half of the last frame, hop samples; the state is then that of the beginning.
    package func finish(_ state: inout DecoderState) -> [Float] {
        let rest = state.overlap ?? []
        state = makeDecoderState()
        return rest
    }
}
