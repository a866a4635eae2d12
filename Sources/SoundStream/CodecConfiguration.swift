/// The sizes of a codec, as `config.json` gives them.
package struct CodecConfiguration: Codable, Equatable, Sendable {
    /// The version of the configuration's layout that this version reads.
    package static let currentFormat = 3
    package static let modelType = "soundstream"

    /// Version of the configuration's layout.
    package var format: Int
    /// Always "soundstream".
    package var modelType: String
    /// Samples per second.
    package var sampleRate: Int
    /// Samples of a frame of codes.
    package var hop: Int
    /// Samples that a spectrum sees.
    package var window: Int
    /// Samples that its Fourier transform takes, zeros after the window's.
    package var fft: Int
    /// Spectra in a frame of codes.
    package var spectra: Int
    package var latentDimension: Int
    package var encoderDimension: Int
    package var encoderBlocks: Int
    package var decoderDimension: Int
    package var decoderBlocks: Int
    /// Width of a block's inner layer, in multiples of the block's.
    package var expansion: Int
    /// Frames that a block's convolution sees.
    package var kernel: Int
    package var levels: Int
    package var codebookSize: Int
    /// Paths through the levels that encoding follows at once.
    package var beams: Int
    /// Codes of so many levels and fewer have adapters of encoder and decoder; 0 where there are none.
    package var adaptedLevels: Int
    /// Channels through which an adapter's additions go.
    package var adapterRank: Int

    /// Bins of a spectrum.
    package var bins: Int { fft / 2 + 1 }

    /// Samples from a spectrum to the next.
    package var spectrumHop: Int { hop / spectra }

    /// Frames of codes that must follow a sample before it can be decoded.
    package var delay: Int { (window + hop - 1) / hop }

    private enum CodingKeys: String, CodingKey {
        case format, hop, window, fft, spectra, expansion, kernel, levels, beams
        case modelType = "model_type"
        case sampleRate = "sample_rate"
        case latentDimension = "latent_dim"
        case encoderDimension = "encoder_dim"
        case encoderBlocks = "encoder_blocks"
        case decoderDimension = "decoder_dim"
        case decoderBlocks = "decoder_blocks"
        case codebookSize = "codebook_size"
        case adaptedLevels = "adapted_levels"
        case adapterRank = "adapter_rank"
    }
}
