import Tensors
import TestSupport
import Testing

@Suite struct RealFFTTests {
    @Test func powersOfASineAreTheWindows() {
        let transform = RealFFT(size: 64)
        let samples = (0..<96).map { Float(cosine(2 * Double.pi * 8 * Double($0) / 64)) }
        let powers = transform.powers(
            of: samples, frames: 3, hop: 16, window: hannWindow(64), scale: 1 / 256,
            on: WorkerPool(threads: 1))
        #expect(powers.shape == [3, 33])
        for frame in 0..<3 {
            for bin in 0..<transform.bins {
                let expected: Float = bin == 8 ? 1 : bin == 7 || bin == 9 ? 0.25 : 0
                #expect(abs(powers[frame, bin] - expected) < 1e-5)
            }
        }
    }

    @Test(arguments: [4, 8, 16, 64, 256, 2048])
    func binsAreThoseOfTheDefinition(size: Int) {
        var random = SeededGenerator(seed: UInt64(size))
        let transform = RealFFT(size: size)
        let samples = random.normals(size + 3)
        let ones = [Float](repeating: 1, count: size)
        transform.withValues { values in
            transform.place(samples, frames: 4, hop: 1, window: ones, in: values)
            transform.bins(of: values)
            for lane in [0, 3] {
                for bin in stride(from: 0, to: transform.bins, by: max(transform.bins / 7, 1)) {
                    var (real, imaginary) = (0.0, 0.0)
                    for i in 0..<size {
                        let angle = 2 * Double.pi * Double(i * bin % size) / Double(size)
                        real += Double(samples[lane + i]) * cosine(angle)
                        imaginary -= Double(samples[lane + i]) * sine(angle)
                    }
                    let place = bin * RealFFT.lanes + lane
                    #expect(abs(Double(values.real[place]) - real) < 1e-4)
                    #expect(abs(Double(values.imaginary[place]) - imaginary) < 1e-4)
                }
            }
        }
    }

    @Test(arguments: [4, 8, 32, 2048])
    func binsGiveTheSamplesBack(size: Int) {
        var random = SeededGenerator(seed: UInt64(size))
        let transform = RealFFT(size: size)
        let samples = random.normals(size)
        let ones = [Float](repeating: 1, count: size)
        transform.withValues { values in
            transform.place(samples, frames: 1, hop: 0, window: ones, in: values)
            transform.bins(of: values)
            transform.samples(of: values)
            for i in 0..<size / 2 {
                let place = i * RealFFT.lanes
                #expect(abs(values.real[place] * 2 / Float(size) - samples[2 * i]) < 1e-5)
                #expect(abs(values.imaginary[place] * 2 / Float(size) - samples[2 * i + 1]) < 1e-5)
            }
        }
    }

    /// A window of ones is turned by `origin`, and what is beyond the end goes on at the start.
    @Test func framesWrapAround() {
        let transform = RealFFT(size: 8)
        transform.withValues { values in
            transform.place([1, 2, 3], frames: 1, hop: 0, window: [1, 1, 2], origin: 7, in: values)
            transform.bins(of: values)
            transform.samples(of: values)
            let found = (0..<8).map {
                ($0 % 2 == 0 ? values.real : values.imaginary)[$0 / 2 * RealFFT.lanes] / 4
            }
            expectClose(found, [2, 6, 0, 0, 0, 0, 0, 1])
        }
    }
}
