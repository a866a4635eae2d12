import Tensors
import TokenTransformers

/// Completes frames of coarse codes by their fine codes, chunk after chunk, each seeing what lies before it.
package struct FineWindow {
    private let stage: FineStage
    /// The last complete frames, all levels, as many as the stage looks back.
    private var recent: [[Int]]
    private var buffers: TransformerBuffers

    /// - Parameter prompt: complete frames, all levels.
    init(_ stage: FineStage, after prompt: [[Int]]) {
        self.stage = stage
        recent = prompt
        buffers = stage.makeBuffers()
    }

    /// `coarse`, at most the stage's `framesPerChunk`, with all levels; `step` is called before each of them.
    mutating func complete(
        _ coarse: [[Int]], _ sampler: inout TokenSampler, on pool: WorkerPool, step: () throws -> Void
    ) rethrows -> [[Int]] {
        let unknown = [Int](repeating: 0, count: stage.configuration.fineLevels.count)
        let before = Array(recent.suffix(stage.configuration.windowFrames - coarse.count))
        var window = stage.makeWindow(before + coarse.map { $0 + unknown }, promptFrames: before.count)
        for level in stage.configuration.fineLevels {
            try step()
            stage.predict(level, of: &window, &sampler, &buffers, on: pool)
        }
        recent = window.codes
        return Array(window.codes.suffix(coarse.count))
    }
}
