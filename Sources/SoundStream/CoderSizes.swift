/// The sizes of one of a codec's two networks.
struct CoderSizes {
    let inputs: Int
    /// Channels of the blocks.
    let width: Int
    /// Number of blocks.
    let blocks: Int
    let outputs: Int
}

extension CodecConfiguration {
    /// Spectra, several in a row, to latents.
    var encoderSizes: CoderSizes {
        CoderSizes(
            inputs: spectra * bins, width: encoderDimension, blocks: encoderBlocks, outputs: latentDimension)
    }

    /// Latents to spectra.
    var decoderSizes: CoderSizes {
        CoderSizes(
            inputs: latentDimension, width: decoderDimension, blocks: decoderBlocks, outputs: spectra * bins)
    }
}
