import Foundation
import Tensors

/// The median duration in seconds of `repetitions` calls, after one to warm up: of processor time where one thread
/// works, so that what else the machine does counts little, of wall time where several do.
func median(of repetitions: Int, on pool: WorkerPool, _ body: () -> Void) -> Double {
    let clock = pool.threadCount == 1 ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC
    func now() -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
    body()
    let durations = (0..<repetitions).map { _ in
        let start = now()
        body()
        return now() - start
    }
    return durations.sorted()[repetitions / 2]
}

/// A line of the report: what, how long, and the rates that follow from it.
struct Measurement: Encodable {
    let name: String
    let microseconds: Double
    /// Multiplications and additions.
    var operations: Double?
    /// Bytes of weights that are read.
    var bytes: Double?
    /// Tokens that are made or read.
    var tokens: Double?
    /// Seconds of sound that are made or read.
    var soundSeconds: Double?
    /// What the operations are as fast as at best, in billions per second; the machine's own, measured.
    var peakGigaflops: Double?
    var peakGigabytes: Double?

    private var seconds: Double { microseconds * 1e-6 }
    private var gigaflops: Double? { operations.map { $0 / seconds * 1e-9 } }
    private var gigabytes: Double? { bytes.map { $0 / seconds * 1e-9 } }

    private enum CodingKeys: String, CodingKey {
        case name, microseconds, gigaflops, gigabytes
        case tokensPerSecond = "tokens_per_second"
        case realTimeFactor = "real_time_factor"
        case shareOfArithmetic = "share_of_arithmetic"
        case shareOfMemory = "share_of_memory"
    }

    func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(name, forKey: .name)
        try values.encode(microseconds, forKey: .microseconds)
        try values.encodeIfPresent(gigaflops, forKey: .gigaflops)
        try values.encodeIfPresent(gigabytes, forKey: .gigabytes)
        try values.encodeIfPresent(tokens.map { $0 / seconds }, forKey: .tokensPerSecond)
        try values.encodeIfPresent(soundSeconds.map { $0 / seconds }, forKey: .realTimeFactor)
        try values.encodeIfPresent(share(gigaflops, peakGigaflops), forKey: .shareOfArithmetic)
        try values.encodeIfPresent(share(gigabytes, peakGigabytes), forKey: .shareOfMemory)
    }

    var line: String {
        var line = name.padding(toLength: 44, withPad: " ", startingAt: 0)
        line += String(format: "%12.1f us", microseconds)
        if let gigaflops {
            line += String(format: "%9.1f GFLOP/s", gigaflops) + percent(gigaflops, peakGigaflops)
        }
        if let gigabytes {
            line += String(format: "%8.1f GB/s", gigabytes) + percent(gigabytes, peakGigabytes)
        }
        if let tokens { line += String(format: "%10.0f tokens/s", tokens / seconds) }
        if let soundSeconds { line += String(format: "%9.1f s of sound per s", soundSeconds / seconds) }
        return line
    }

    private func share(_ rate: Double?, _ peak: Double?) -> Double? {
        rate.flatMap { r in peak.map { r / $0 } }
    }

    private func percent(_ rate: Double, _ peak: Double?) -> String {
        peak.map { String(format: " (%3.0f %%)", 100 * rate / $0) } ?? ""
    }
}

/// Everything that was measured.
struct Report: Encodable {
    let machine: Machine
    let measurements: [Measurement]
    let peakMegabytes: Double
}
