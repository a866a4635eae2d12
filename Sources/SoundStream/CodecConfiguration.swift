/// The sizes of a codec, as `config.json` gives them.
package struct CodecConfiguration: Codable, Equatable, Sendable {
    /// Version of the configuration's layout: 1.
    package var format: Int
    /// Always "soundstream".
    package var modelType: String
    /// Samples per second.
    package var sampleRate: Int
    /// Samples, and coefficients, of one frame.
    package var hop: Int
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

    private enum CodingKeys: String, CodingKey {
        case format, hop, expansion, kernel, levels, beams
        case modelType = "model_type"
        case sampleRate = "sample_rate"
        case latentDimension = "latent_dim"
        case encoderDimension = "encoder_dim"
        case encoderBlocks = "encoder_blocks"
        case decoderDimension = "decoder_dim"
        case decoderBlocks = "decoder_blocks"
        case codebookSize = "codebook_size"
    }

    /// Throws if a number is out of the range in which the codec can be built.
    package func validate() throws(CodecError) {
        guard format == 1, modelType == "soundstream" else {
            throw .unknownFormat(found: "format \(format), model_type \"\(modelType)\"")
        }
        try Self.check("sample_rate", sampleRate, 8_000...192_000)
        try Self.check("hop", hop, 2...2_048)
        try Self.check("latent_dim", latentDimension, 1...1_024)
        try Self.check("encoder_dim", encoderDimension, 1...4_096)
        try Self.check("encoder_blocks", encoderBlocks, 0...64)
        try Self.check("decoder_dim", decoderDimension, 1...4_096)
        try Self.check("decoder_blocks", decoderBlocks, 0...64)
        try Self.check("expansion", expansion, 1...8)
        try Self.check("kernel", kernel, 1...63)
        try Self.check("levels", levels, 1...32)
        try Self.check("codebook_size", codebookSize, 1...65_536)
        try Self.check("beams", beams, 1...64)
    }

    private static func check(_ key: String, _ value: Int, _ allowed: ClosedRange<Int>) throws(CodecError) {
        guard allowed.contains(value) else { throw .configuration(key: key, found: value, allowed: allowed) }
    }
}
