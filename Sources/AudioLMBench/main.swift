import Foundation
import Tensors

/// Measures kernels, and with `--codec FOLDER` a codec: `audiolm-bench [--threads N] [--codec FOLDER] [--json]`.
/// Medians; run it on a machine that does nothing else.
let arguments = CommandLine.arguments.dropFirst()

func value(after option: String) -> String? {
    arguments.firstIndex(of: option).flatMap { arguments.index(after: $0) < arguments.endIndex ? arguments[$0 + 1] : nil }
}

let pool = WorkerPool(threads: value(after: "--threads").flatMap(Int.init) ?? 1)
var measurements = kernelBenchmarks(on: pool)
if let folder = value(after: "--codec") { measurements += try codecBenchmarks(folder: folder, on: pool) }
if arguments.contains("--json") {
    print(String(decoding: try JSONEncoder().encode(measurements), as: UTF8.self))
} else {
    print("kernels \(KernelInformation.instructionSet), \(pool.threadCount) threads")
    for measurement in measurements { print(measurement.line) }
}
