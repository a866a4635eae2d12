package import Tensors

extension Codec {
    /// A part of coding and decoding, to be measured by itself.
    package struct Part {
        package let name: String
        package let run: () -> Void
    }

    /// All parts in their order, each working on what those before it make of `samples`.
    package func parts(of samples: [Float], on pool: WorkerPool) throws -> [Part] {
        let c = configuration
        let frames = samples.count / c.hop
        let padded = [Float](repeating: 0, count: c.window - c.spectrumHop) + samples
        let levels = spectrum.levels(padded, frames: frames * c.spectra, on: pool)
        let stacked = levels.reshaped([frames, c.spectra * c.bins])
        var blocks = encoder.makeState()
        let latents = encoder(stacked, &blocks, on: pool)
        let quantised = try quantizer.decode(
            quantizer.encode(latents, levels: c.levels, on: pool))
        var state = synthesis.makeState()
        let (sounding, phases) = synthesis.phased(levels, &state)
        return [
            Part(name: "spectra") { _ = spectrum.levels(padded, frames: frames * c.spectra, on: pool) },
            Part(name: "encoder") {
                var state = encoder.makeState()
                _ = encoder(stacked, &state, on: pool)
            },
            Part(name: "quantiser") { _ = quantizer.encode(latents, levels: c.levels, on: pool) },
            Part(name: "decoder") {
                var state = decoder.makeState()
                _ = decoder(quantised, &state, on: pool)
            },
            Part(name: "phases") {
                var state = synthesis.makeState()
                _ = synthesis.phased(levels, &state)
            },
            Part(name: "frames of sound") { _ = spectrum.frames(levels: sounding, phases: phases, on: pool) },
        ]
    }
}
