import AudioLM
import Foundation
import Tensors
import TokenTransformers

/// Reading a prompt and drawing tokens in each stage of a bundle: one continuation alone, and several in step.
func stageBenchmarks(
    _ networks: Networks, in folder: String, on pool: WorkerPool, machine: Machine
) throws -> [Measurement] {
    let semantic = try StageSize(file: folder + "/semantic_stage.safetensors")
    let coarse = try StageSize(file: folder + "/coarse_stage.safetensors")
    return semanticStageBenchmarks(networks.semanticStage, semantic, on: pool, machine)
        + coarseStageBenchmarks(networks.coarseStage, coarse, on: pool, machine)
        + fineStageBenchmarks(networks.fineStage, on: pool)
}

/// Draws that are timed together; prompts fill the window.
private let draws = 50
private let sequenceCounts = [1, 4, 16]

private func samplers(_ count: Int, _ sampling: Sampling = Sampling()) -> [TokenSampler] {
    (0..<count).map { TokenSampler(sampling, seed: UInt64($0), stream: 1) }
}

private func semanticStageBenchmarks(
    _ stage: SemanticStage, _ size: StageSize, on pool: WorkerPool, _ machine: Machine
) -> [Measurement] {
    let length = stage.configuration.attentionWindow
    let tokens = (0..<length).map { $0 % stage.configuration.vocabulary }
    func started() -> SemanticStage.State {
        var state = stage.makeState(on: pool)
        stage.read(tokens, state: &state, on: pool)
        return state
    }
    let reading = median(of: 5, on: pool) { _ = started() }
    let drawing = sequenceCounts.map { count in
        var state = started().repeated(count)
        var samplers = samplers(count, Sampling(topP: 0.98))
        let seconds = median(of: 7, on: pool) {
            for _ in 0..<draws { stage.next(&state, &samplers, on: pool) }
        }
        return size.drawing("semantic stage", sequences: count, steps: draws, seconds, machine)
    }
    return [size.reading("semantic stage", tokens: length, reading, machine)] + drawing
}

private func coarseStageBenchmarks(
    _ stage: CoarseStage, _ size: StageSize, on pool: WorkerPool, _ machine: Machine
) -> [Measurement] {
    let length = stage.configuration.attentionWindow
    let prompt = (0..<length).map { [Int](repeating: $0, count: stage.configuration.levels) }
    func started() -> CoarseStage.State {
        stage.makeState(prompt: prompt, semantic: [Int](repeating: 1, count: length), on: pool)
    }
    let reading = median(of: 5, on: pool) { _ = started() }
    let drawing = sequenceCounts.map { count in
        var state = started().repeated(count)
        var samplers = samplers(count)
        let semantic = [Int](repeating: 1, count: count)
        let seconds = median(of: 7, on: pool) {
            for _ in 0..<draws {
                if stage.semanticTokensNeeded(state) > 0 { state.append(semantic: semantic) }
                stage.next(&state, &samplers, on: pool)
            }
            _ = state.takeFrames(state.completeFrames)
        }
        return size.drawing("coarse stage", sequences: count, steps: draws, seconds, machine)
    }
    return [size.reading("coarse stage", tokens: length, reading, machine)] + drawing
}

private func fineStageBenchmarks(_ stage: FineStage, on pool: WorkerPool) -> [Measurement] {
    let configuration = stage.configuration
    let window = (0..<configuration.windowFrames).map { [Int](repeating: $0, count: configuration.levels) }
    let made = configuration.framesPerChunk
    var sampler = samplers(1)[0]
    var buffers = stage.makeBuffers()
    let seconds = median(of: 5, on: pool) {
        var window = stage.makeWindow(window, promptFrames: configuration.windowFrames - made)
        for level in configuration.fineLevels {
            stage.predict(level, of: &window, &sampler, &buffers, on: pool)
        }
    }
    return [
        Measurement(
            name: "fine stage, \(made) frames of a window", microseconds: seconds * 1e6,
            tokens: Double(made * configuration.fineLevels.count))
    ]
}

/// The weights of a stage's products.
private struct StageSize {
    let weights: Double
    let bytes: Double

    init(file: String) throws {
        let products = try SafetensorsFile(path: file).entries
            .filter { $0.value.shape.count == 2 && !$0.key.contains("embedding") }.values
        weights = Double(products.reduce(0) { $0 + $1.shape.reduce(1, *) })
        bytes = Double(products.reduce(0) { $0 + $1.bytes.count })
    }

    func reading(_ name: String, tokens: Int, _ seconds: Double, _ machine: Machine) -> Measurement {
        Measurement(
            name: "\(name), reading \(tokens)", microseconds: seconds * 1e6,
            operations: 2 * weights * Double(tokens), tokens: Double(tokens),
            peakGigaflops: machine.gigaflops[ProductKind.int8SevenBits.rawValue])
    }

    func drawing(
        _ name: String, sequences: Int, steps: Int, _ seconds: Double, _ machine: Machine
    ) -> Measurement {
        let count = Double(steps)
        return Measurement(
            name: "\(name), drawing \(sequences) at once", microseconds: seconds / count * 1e6,
            operations: 2 * weights * Double(sequences), bytes: bytes, tokens: Double(sequences),
            peakGigaflops: machine.gigaflops[ProductKind.int8SevenBits.rawValue],
            peakGigabytes: machine.gigabytes)
    }
}
