import AudioLM
import Foundation
import Tensors

let arguments = BenchArguments(CommandLine.arguments.dropFirst())
let pool = WorkerPool(threads: arguments.threads)
let machine = Machine(on: pool)
var measurements: [Measurement] = []
if !arguments.json { for line in machine.lines { print(line) } }

@MainActor func add(_ more: [Measurement]) {
    measurements += more
    if !arguments.json { for measurement in more { print(measurement.line) } }
}

let folder = arguments.bundle
@MainActor func networks() throws -> Networks {
    try AudioLMBundle(contentsOf: URL(fileURLWithPath: folder), threads: arguments.threads).networks
}

do {
    try KernelInformation.requireWanted()
    for part in arguments.parts {
        switch part {
        case "kernels": add(kernelBenchmarks(on: pool, machine: machine))
        case "codec": add(try codecBenchmarks(networks().codec, on: pool))
        case "tokenizer": add(try tokenizerBenchmarks(networks().semanticTokenizer, on: pool))
        case "stages":
            add(try stageBenchmarks(networks(), in: folder, on: pool, machine: machine))
        default:
            add(
                try await continuationBenchmarks(
                    folder: folder, threads: arguments.threads, long: arguments.long))
        }
    }
} catch {
    FileHandle.standardError.write(Data("Error: \(error)\n".utf8))
    exit(1)
}

if arguments.json {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    print(
        String(
            decoding: try encoder.encode(
                Report(machine: machine, measurements: measurements, peakMegabytes: peakMemory())),
            as: UTF8.self))
} else {
    print(String(format: "peak memory %.0f MB", peakMemory()))
}
