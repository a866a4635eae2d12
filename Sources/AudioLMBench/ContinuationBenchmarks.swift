import AudioLM
import Foundation
import Tensors

/// The library as a whole: a bundle's loading, the first sound, twenty seconds, four variations of them and, where
/// asked for, ten minutes; wall times, of one run each but the loading.
func continuationBenchmarks(folder: String, threads: Int, long: Bool) async throws -> [Measurement] {
    let url = URL(fileURLWithPath: folder)
    let clock = ContinuousClock()
    let loading = try (0..<5).map { _ in
        try clock.measure { _ = try AudioLMBundle(contentsOf: url, threads: threads) } / .seconds(1)
    }
    let bundle = try AudioLMBundle(contentsOf: url, threads: threads)
    let prompt = tones(seconds: 10, rate: bundle.sampleRate)
    func measurement(_ name: String, seconds: Double, variations: Int = 1) async throws -> [Measurement] {
        let start = clock.now
        var first: Double?
        let options = ContinuationOptions(seconds: seconds, seed: 1)
        for try await event in bundle.extend(prompt, options: options, variations: variations) {
            if case .audio = event, first == nil { first = start.duration(to: clock.now) / .seconds(1) }
        }
        let wall = start.duration(to: clock.now) / .seconds(1)
        return [
            Measurement(name: "\(name), first sound", microseconds: (first ?? wall) * 1e6),
            Measurement(
                name: name, microseconds: wall * 1e6, soundSeconds: seconds * Double(variations)),
        ]
    }
    var measurements = [
        Measurement(name: "loading the bundle", microseconds: loading.sorted()[loading.count / 2] * 1e6)
    ]
    _ = try await measurement("warming up", seconds: 1)
    measurements += try await measurement("continuing 10 s by 20 s", seconds: 20)
    measurements += try await measurement("four variations of 20 s", seconds: 20, variations: 4)
    if long { measurements += try await measurement("continuing 10 s by 600 s", seconds: 600) }
    return measurements
}

/// The most memory that this process has had so far, in megabytes.
func peakMemory() -> Double {
    var usage = rusage()
    // RUSAGE_SELF, whose type differs between systems.
    getrusage(0, &usage)
    return Double(usage.ru_maxrss) * 1024 / 1e6
}
