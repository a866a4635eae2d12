import Tensors

/// Products of the shapes that decoding one token or a few at once, coding sound and reading a prompt ask for.
func kernelBenchmarks(on pool: WorkerPool, machine: Machine) -> [Measurement] {
    var measurements: [Measurement] = []
    for (rows, inputs, outputs) in [
        (1, 384, 1152), (1, 384, 1024), (1, 1024, 384), (1, 1024, 4096), (2, 384, 1024), (4, 384, 1024),
        (8, 384, 1024), (16, 384, 1024), (150, 256, 768), (150, 704, 256), (1000, 512, 2048),
    ] {
        var random = SeededGenerator(seed: 1)
        let x = Tensor([rows, inputs], (0..<rows * inputs).map { _ in random.nextUniform() })
        for kind in ProductKind.allCases {
            let matrix = kind.randomMatrix(outputs, inputs, &random)
            var y = Tensor([rows, outputs])
            let work = Double(rows) * Double(inputs) * Double(outputs)
            let calls = max(1, Int(4e7 / work))
            let seconds =
                median(of: 15, on: pool) { for _ in 0..<calls { matrix.apply(x, into: &y, on: pool) } }
                / Double(calls)
            measurements.append(
                Measurement(
                    name: "\(rows) x \(inputs) to \(outputs) \(kind.rawValue)", microseconds: seconds * 1e6,
                    operations: 2 * work, bytes: Double(inputs * outputs * kind.format.elementSize),
                    peakGigaflops: machine.gigaflops[kind.rawValue], peakGigabytes: machine.gigabytes))
        }
    }
    return measurements
}
