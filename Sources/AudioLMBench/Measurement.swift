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
    /// Billions of multiplications and additions per second.
    var gigaflops: Double?
    /// Billions of bytes of weights read per second.
    var gigabytes: Double?
    /// Seconds of sound per second.
    var realTimeFactor: Double?

    var line: String {
        var line = name.padding(toLength: 34, withPad: " ", startingAt: 0)
        line += String(format: "%12.1f us", microseconds)
        if let gigaflops { line += String(format: "%9.1f GFLOP/s", gigaflops) }
        if let gigabytes { line += String(format: "%8.1f GB/s", gigabytes) }
        if let realTimeFactor { line += String(format: "%9.1f s of sound per s", realTimeFactor) }
        return line
    }
}
