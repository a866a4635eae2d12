import Foundation
import Tensors

/// Measures the kernels, the codec of a folder, or the semantic tokenizer of a bundle:
/// `AudioLMBench [--threads N] [--codec FOLDER | --tokenizer FOLDER] [--json]`.
/// Medians; run it on a machine that does nothing else where several threads work.
let arguments = CommandLine.arguments.dropFirst()

func value(after option: String) -> String? {
    arguments.firstIndex(of: option).flatMap { $0 + 1 < arguments.endIndex ? arguments[$0 + 1] : nil }
}

let pool = WorkerPool(threads: value(after: "--threads").flatMap(Int.init) ?? 1)
let measurements =
    if let folder = value(after: "--codec") {
        try codecBenchmarks(folder: folder, on: pool)
    } else if let folder = value(after: "--tokenizer") {
        try tokenizerBenchmarks(folder: folder, on: pool)
    } else {
        kernelBenchmarks(on: pool)
    }
if arguments.contains("--json") {
    print(String(decoding: try JSONEncoder().encode(measurements), as: UTF8.self))
} else {
    print("kernels \(KernelInformation.instructionSet), \(pool.threadCount) threads")
    for measurement in measurements { print(measurement.line) }
}
