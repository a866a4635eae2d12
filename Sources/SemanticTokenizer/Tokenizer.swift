package import NeuralLayers
package import Tensors

/// Sound to semantic tokens: a log-frequency front end, a Conformer trained as w2v-BERT (Chung et al., 2021), and
/// k-means on the activations of a middle block (AudioLM, section III-B). Immutable; share it freely.
package struct Tokenizer: Sendable {
    package let configuration: TokenizerConfiguration
    private let frontEnd: FrontEnd
    private let subsampling: Linear
    private let subsamplingNorm: LayerNorm
    private let blocks: [ConformerBlock]
    private let summary: Linear?
    private let clusters: Clusters
    private let rotary: RotaryEmbedding

    /// Throws `TokenizerError` for an impossible configuration and `ModelError` where the weights do not fit it.
    package init(_ configuration: TokenizerConfiguration, from weights: WeightScope) throws {
        try configuration.validate()
        let c = configuration
        self.configuration = c
        frontEnd = try FrontEnd(c, from: weights["front_end"])
        subsampling = try Linear(c.stack * c.bands, c.width, bias: true, from: weights["subsampling"])
        subsamplingNorm = try LayerNorm(c.width, from: weights["subsampling_norm"])
        blocks = try (0..<c.blocks).map { try ConformerBlock(c, from: weights["blocks"][$0]) }
        summary =
            c.summaryWidth > 0
            ? try Linear(c.width, c.summaryWidth, bias: true, from: weights["summary"]) : nil
        clusters = try Clusters(c, from: weights)
        rotary = RotaryEmbedding(headDimension: c.width / c.heads)
        try weights.requireAllUsed()
    }

    /// One token for every `frameSamples` samples, the last of which may be incomplete: frame s stands for samples
    /// [s · frameSamples, (s + 1) · frameSamples). Sound longer than a window is seen in overlapping windows.
    /// - Parameter samples: mono at `configuration.sampleRate`, finite.
    package func tokenize(_ samples: [Float], on pool: WorkerPool) -> [Int] {
        tokens(of: features(of: samples, on: pool), on: pool)
    }

    /// The nearest cluster of each row: [tokens, width] → [tokens].
    package func tokens(of features: Tensor, on pool: WorkerPool) -> [Int] {
        clusters.nearest(features, on: pool)
    }

    /// What is clustered, not yet normalised: samples → [tokens, width], a row for each token.
    package func features(of samples: [Float], on pool: WorkerPool) -> Tensor {
        let frames = frames(of: samples, on: pool)
        var kept = [Tensor([0, configuration.activationWidth])]
        for window in windows(over: frames.rows) {
            let seen = activations(of: frames.rows(window.seen), on: pool)
            let first = window.kept.lowerBound - window.seen.lowerBound
            kept.append(seen.rows(first..<first + window.kept.count))
        }
        return Tensor.concatenateRows(kept)
    }

    /// Normalised stacked spectra: samples → [frames, stack · bands].
    package func frames(of samples: [Float], on pool: WorkerPool) -> Tensor { frontEnd(samples, on: pool) }

    /// The input of the first block and the output of each: [frames, stack · bands] → [frames, width] each.
    package func blockOutputs(of frames: Tensor, on pool: WorkerPool) -> [Tensor] {
        var outputs = [subsamplingNorm(subsampling(frames, on: pool))]
        let table = rotary.table(0..<frames.rows)
        for block in blocks { outputs.append(block(outputs[outputs.count - 1], rotary: table, on: pool)) }
        return outputs
    }

    /// What is clustered, not yet normalised: frames of one window [frames, stack · bands] → [frames, width].
    package func activations(of frames: Tensor, on pool: WorkerPool) -> Tensor {
        let outputs = blockOutputs(of: frames, on: pool)
        let last = outputs[outputs.count - 1]
        return summary.map { $0(last, on: pool) } ?? last
    }

    /// A window of frames that the encoder sees at once, and the frames whose tokens it provides.
    struct Window: Equatable {
        var seen: Range<Int>
        var kept: Range<Int>
    }

    /// Windows whose kept frames are all frames in order; the first that reaches the end is the last.
    func windows(over frames: Int) -> [Window] {
        var windows: [Window] = []
        var (start, done) = (0, 0)
        while done < frames {
            let end = min(start + configuration.windowFrames, frames)
            let next = start + configuration.hopFrames
            let keptEnd = end == frames ? frames : next + configuration.droppedFrames
            windows.append(Window(seen: start..<end, kept: done..<keptEnd))
            (start, done) = (next, keptEnd)
        }
        return windows
    }
}
