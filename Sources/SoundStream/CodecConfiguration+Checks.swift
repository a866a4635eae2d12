extension CodecConfiguration {
    /// Throws if the configuration is not one from which a codec can be built.
    package func validate() throws(CodecError) {
        guard format == Self.currentFormat, modelType == Self.modelType else {
            throw .unknownFormat(found: "format \(format), model_type \"\(modelType)\"")
        }
        try checkRanges()
        try checkSpectra()
    }

    private func checkRanges() throws(CodecError) {
        try check("sample_rate", sampleRate, 8_000...192_000)
        try check("hop", hop, 2...4_096)
        try check("window", window, 3...16_384)
        try check("fft", fft, 4...16_384)
        try check("spectra", spectra, 1...16)
        try check("latent_dim", latentDimension, 1...1_024)
        try check("encoder_dim", encoderDimension, 1...4_096)
        try check("encoder_blocks", encoderBlocks, 0...64)
        try check("decoder_dim", decoderDimension, 1...4_096)
        try check("decoder_blocks", decoderBlocks, 0...64)
        try check("expansion", expansion, 1...8)
        try check("kernel", kernel, 1...63)
        try check("levels", levels, 1...32)
        try check("codebook_size", codebookSize, 1...65_536)
        try check("beams", beams, 1...64)
        try check("adapted_levels", adaptedLevels, 0...levels)
        try check("adapter_rank", adapterRank, (adaptedLevels > 0 ? 1 : 0)...1_024)
    }

    /// Overlapping windows give the wave back only where they lie a whole part of their length apart, at most a third.
    private func checkSpectra() throws(CodecError) {
        guard hop % spectra == 0 else {
            throw .spectra(found: "\(spectra) spectra in a hop of \(hop)", expected: "a divisor of the hop")
        }
        guard window % spectrumHop == 0, window >= 3 * spectrumHop else {
            throw .spectra(
                found: "a window of \(window)",
                expected: "a multiple of \(spectrumHop), three times it or more")
        }
        guard fft & (fft - 1) == 0, fft >= window else {
            throw .spectra(
                found: "an fft of \(fft)", expected: "a power of two not below the window of \(window)")
        }
    }

    private func check(_ key: String, _ value: Int, _ allowed: ClosedRange<Int>) throws(CodecError) {
        guard allowed.contains(value) else { throw .configuration(key: key, found: value, allowed: allowed) }
    }
}
