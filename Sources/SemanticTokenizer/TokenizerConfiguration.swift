/// Sizes of a semantic tokenizer: section `semantic_tokenizer` of a bundle's `config.json`.
package struct TokenizerConfiguration: Codable, Sendable, Equatable {
    /// Channels of the encoder.
    package var width: Int
    package var heads: Int
    /// Taps of the depthwise convolutions, odd.
    package var kernel: Int
    /// Hidden channels of the feed-forward networks, in multiples of `width`.
    package var expansion: Int
    /// Conformer blocks up to the one whose output is tokenized.
    package var blocks: Int
    /// Channels of the linear summary that is tokenized; 0 tokenizes the last block's output itself.
    package var summaryWidth: Int
    /// Number of different tokens.
    package var clusters: Int
    /// Bands of the log-frequency spectrum.
    package var bands: Int
    package var sampleRate: Int
    /// Samples of the Fourier transform, a power of two.
    package var window: Int
    /// Samples from one spectrum to the next.
    package var hop: Int
    /// Spectra of one frame.
    package var stack: Int
    /// Power that is added before the logarithm, in powers of a full-scale sine.
    package var floor: Float
    /// Frames of the windows that the encoder sees at once.
    package var windowFrames: Int
    /// Frames from one window to the next.
    package var hopFrames: Int
    /// Frames at a window's beginning that the window before provides.
    package var droppedFrames: Int

    enum CodingKeys: String, CodingKey {
        case width, heads, kernel, expansion, blocks, clusters, bands, window, hop, stack, floor
        case summaryWidth = "summary_width"
        case sampleRate = "sample_rate"
        case windowFrames = "window_frames"
        case hopFrames = "hop_frames"
        case droppedFrames = "dropped_frames"
    }

    /// Samples that one token stands for.
    package var frameSamples: Int { hop * stack }
    /// Channels of what is tokenized.
    package var activationWidth: Int { summaryWidth > 0 ? summaryWidth : width }

    /// Throws unless every number makes sense, also in view of the others.
    package func validate() throws(TokenizerError) {
        try check("width", width, 2...4096)
        try check("heads", heads, 1...64)
        try check("kernel", kernel, 1...127)
        try check("expansion", expansion, 1...16)
        try check("blocks", blocks, 1...64)
        try check("summary_width", summaryWidth, 0...4096)
        try check("clusters", clusters, 2...65_536)
        try check("bands", bands, 1...1024)
        try check("sample_rate", sampleRate, 8000...192_000)
        try check("window", window, 16...65_536)
        try check("hop", hop, 1...window)
        try check("stack", stack, 1...64)
        try check("window_frames", windowFrames, 1...10_000)
        try check("hop_frames", hopFrames, 1...windowFrames)
        try check("dropped_frames", droppedFrames, 0...(windowFrames - hopFrames))
        try require(
            width % (2 * heads) == 0, "heads", "\(heads)", "heads of an even number of the \(width) channels")
        try require(kernel % 2 == 1, "kernel", "\(kernel)", "an odd number")
        try require(window & (window - 1) == 0, "window", "\(window)", "a power of two")
        try require((window - hop) % 2 == 0, "hop", "\(hop)", "an even number")
        try require(floor.isFinite && floor > 0 && floor < 1, "floor", "\(floor)", "between 0 and 1")
    }

    private func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws(TokenizerError) {
        try require(range.contains(value), name, "\(value)", "\(range.lowerBound) to \(range.upperBound)")
    }

    private func require(
        _ condition: Bool, _ name: String, _ found: String, _ expected: String
    ) throws(TokenizerError) {
        guard condition else { throw .configuration(name: name, found: found, expected: expected) }
    }
}
