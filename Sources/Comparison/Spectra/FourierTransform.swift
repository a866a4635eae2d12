import Foundation

/// The discrete Fourier transform of real frames of N samples, two frames at a time.
///
/// Two real frames are the parts of one complex frame, which is transformed by decimation in time (Cooley and Tukey);
/// symmetry tells their spectra apart.
struct FourierTransform: Sendable {
    /// N, a power of two.
    let size: Int
    /// N / 2 + 1.
    var bins: Int { size / 2 + 1 }

    /// cos and −sin of 2 π k / N for k below N / 2.
    private let cosines: [Double]
    private let sines: [Double]
    private let reversed: [Int]

    init(size: Int) {
        precondition(size >= 2 && size & (size - 1) == 0, "\(size) is not a power of two")
        self.size = size
        cosines = (0..<size / 2).map { cos(2 * .pi * Double($0) / Double(size)) }
        sines = (0..<size / 2).map { -sin(2 * .pi * Double($0) / Double(size)) }
        let bits = size.trailingZeroBitCount
        reversed = (0..<size).map { index in
            (0..<bits).reduce(0) { $0 | (index >> $1 & 1) << (bits - 1 - $1) }
        }
    }

    /// Magnitudes of both frames, `bins` each, times `scale`.
    ///
    /// - Parameters:
    ///   - real: the first frame, N samples; overwritten.
    ///   - imaginary: the second frame, N samples; overwritten.
    func magnitudes(
        _ real: UnsafeMutablePointer<Double>, _ imaginary: UnsafeMutablePointer<Double>, scale: Double,
        _ first: UnsafeMutablePointer<Float>, _ second: UnsafeMutablePointer<Float>?
    ) {
        for (place, source) in reversed.enumerated() where place < source {
            swap(&real[place], &real[source])
            swap(&imaginary[place], &imaginary[source])
        }
        butterflies(real, imaginary)
        for bin in 0..<bins {
            let mirror = (size - bin) % size
            let (a, b) = (real[bin], imaginary[bin])
            let (c, d) = (real[mirror], imaginary[mirror])
            first[bin] = Float(0.5 * scale * ((a + c) * (a + c) + (b - d) * (b - d)).squareRoot())
            second?[bin] = Float(0.5 * scale * ((b + d) * (b + d) + (c - a) * (c - a)).squareRoot())
        }
    }

    private func butterflies(_ real: UnsafeMutablePointer<Double>, _ imaginary: UnsafeMutablePointer<Double>)
    {
        cosines.withUnsafeBufferPointer { cosines in
            sines.withUnsafeBufferPointer { sines in
                var half = 1
                while half < size {
                    let step = size / (2 * half)
                    for start in stride(from: 0, to: size, by: 2 * half) {
                        for offset in 0..<half {
                            let (low, high) = (start + offset, start + offset + half)
                            let (c, s) = (cosines[offset * step], sines[offset * step])
                            let turnedReal = real[high] * c - imaginary[high] * s
                            let turnedImaginary = real[high] * s + imaginary[high] * c
                            real[high] = real[low] - turnedReal
                            imaginary[high] = imaginary[low] - turnedImaginary
                            real[low] += turnedReal
                            imaginary[low] += turnedImaginary
                        }
                    }
                    half *= 2
                }
            }
        }
    }
}
