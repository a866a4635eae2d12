import Foundation
import NeuralLayers
import Tensors
import TokenTransformers

/// Reading a prompt and drawing tokens in each stage of a bundle: one continuation alone, and several in step.
func stageBenchmarks(bundle: BenchedBundle, on pool: WorkerPool, machine: Machine) throws -> [Measurement] {
    try semanticStageBenchmarks(bundle, on: pool, machine) + coarseStageBenchmarks(bundle, on: pool, machine)
        + fineStageBenchmarks(bundle, on: pool, machine)
}

/// Draws that are timed together; prompts fill the window.
private let draws = 50
private let sequenceCounts = [1, 4, 16]
/// Frames that the command's fine stage completes at a time.
private let framesMadeAtOnce = 50

private func samplers(_ count: Int, _ sampling: Sampling = Sampling()) -> [TokenSampler] {
    (0..<count).map { TokenSampler(sampling, seed: UInt64($0), stream: 1) }
}

private func semanticStageBenchmarks(
    _ bundle: BenchedBundle, on pool: WorkerPool, _ machine: Machine
) throws -> [Measurement] {
    let (stage, size) = try bundle.part("semantic_stage", rounding: .sevenBits) {
        try SemanticStage(bundle.configuration.semanticStage, from: $0)
    }
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
    _ bundle: BenchedBundle, on pool: WorkerPool, _ machine: Machine
) throws -> [Measurement] {
    let (stage, size) = try bundle.part("coarse_stage", rounding: .sevenBits) {
        try CoarseStage(bundle.configuration.coarseStage, from: $0)
    }
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

private func fineStageBenchmarks(
    _ bundle: BenchedBundle, on pool: WorkerPool, _ machine: Machine
) throws -> [Measurement] {
    let (stage, _) = try bundle.part("fine_stage", rounding: .sevenBits) {
        try FineStage(bundle.configuration.fineStage, from: $0)
    }
    let configuration = stage.configuration
    let window = (0..<configuration.windowFrames).map { [Int](repeating: $0, count: configuration.levels) }
    let made = min(framesMadeAtOnce, configuration.windowFrames)
    var sampler = samplers(1)[0]
    let seconds = median(of: 5, on: pool) {
        var window = window
        for level in configuration.fineLevels {
            stage.predict(
                level, of: &window, promptFrames: configuration.windowFrames - made, &sampler, on: pool)
        }
    }
    return [
        Measurement(
            name: "fine stage, \(made) frames of a window", microseconds: seconds * 1e6,
            tokens: Double(made * configuration.fineLevels.count))
    ]
}

/// The weights of a stage's products.
struct StageSize {
    let weights: Double
    let bytes: Double

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
