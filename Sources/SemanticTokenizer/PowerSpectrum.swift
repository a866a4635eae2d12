import Tensors

/// Power spectra of Hann-windowed real frames by a fast Fourier transform, several frames side by side in SIMD lanes.
///
/// A frame of N samples is taken as N / 2 complex numbers, transformed by the decimation in time of Cooley and
/// Tukey, and separated into the bins 0 ... N / 2 of the real frame.
package struct PowerSpectrum: Sendable {
    package typealias Lanes = SIMD16<Float>

    /// Samples of a frame, a power of two.
    package let size: Int
    /// Number of bins, N / 2 + 1.
    package var bins: Int { size / 2 + 1 }

    private let window: [Float]
    /// cos and −sin of 2 π k / N for k in 0 ... N / 2.
    private let cosines: [Float]
    private let sines: [Float]
    /// Where the complex number that belongs at each place comes from.
    private let reversed: [Int]

    package init(size: Int) {
        precondition(size >= 4 && size & (size - 1) == 0, "\(size) is not a power of two")
        self.size = size
        let turn = 2 * Double.pi / Double(size)
        window = (0..<size).map { Float(0.5 - 0.5 * cosine(turn * Double($0))) }
        cosines = (0...size / 2).map { Float(cosine(turn * Double($0))) }
        sines = (0...size / 2).map { Float(-sine(turn * Double($0))) }
        let bits = (size / 2).trailingZeroBitCount
        reversed = (0..<size / 2).map { index in
            (0..<bits).reduce(0) { $0 | (index >> $1 & 1) << (bits - 1 - $1) }
        }
    }

    /// Squared magnitudes of `frames` ≤ 16 frames that begin `hop` samples apart at `samples`, times `scale`, into
    /// rows of `bins` at `target`. Every frame's result is independent of the others'.
    package func transform(
        _ samples: UnsafePointer<Float>, frames: Int, hop: Int, scale: Float,
        into target: UnsafeMutablePointer<Float>
    ) {
        precondition(frames >= 1 && frames <= Lanes.scalarCount)
        withUnsafeTemporaryAllocation(of: Lanes.self, capacity: size) { values in
            guard let real = values.baseAddress else { return }
            let imaginary = real + size / 2
            gather(samples, frames, hop, real, imaginary)
            butterflies(real, imaginary)
            separate(real, imaginary, frames, scale, target)
        }
    }

    /// Windowed samples in bit-reversed order: even ones as real parts, odd ones as imaginary parts.
    private func gather(
        _ samples: UnsafePointer<Float>, _ frames: Int, _ hop: Int, _ real: UnsafeMutablePointer<Lanes>,
        _ imaginary: UnsafeMutablePointer<Lanes>
    ) {
        for place in 0..<size / 2 {
            let source = samples + 2 * reversed[place]
            var even = Lanes.zero
            var odd = Lanes.zero
            for lane in 0..<frames {
                even[lane] = source[lane * hop]
                odd[lane] = source[lane * hop + 1]
            }
            real[place] = even * window[2 * reversed[place]]
            imaginary[place] = odd * window[2 * reversed[place] + 1]
        }
    }

    private func butterflies(_ real: UnsafeMutablePointer<Lanes>, _ imaginary: UnsafeMutablePointer<Lanes>) {
        let count = size / 2
        var half = 1
        while half < count {
            let step = count / half  // of the table of N-th roots, for roots of order 2 · half
            for offset in 0..<half {
                let c = cosines[offset * step]
                let s = sines[offset * step]
                for first in stride(from: offset, to: count, by: 2 * half) {
                    let second = first + half
                    let turnedReal = real[second] * c - imaginary[second] * s
                    let turnedImaginary = real[second] * s + imaginary[second] * c
                    real[second] = real[first] - turnedReal
                    imaginary[second] = imaginary[first] - turnedImaginary
                    real[first] += turnedReal
                    imaginary[first] += turnedImaginary
                }
            }
            half *= 2
        }
    }

    /// Bin k of the real frame from the complex bins k and N / 2 − k.
    private func separate(
        _ real: UnsafeMutablePointer<Lanes>, _ imaginary: UnsafeMutablePointer<Lanes>, _ frames: Int,
        _ scale: Float, _ target: UnsafeMutablePointer<Float>
    ) {
        let count = size / 2
        for bin in 0...count {
            let here = bin % count
            let mirror = (count - bin) % count
            let evenReal = (real[here] + real[mirror]) * 0.5
            let evenImaginary = (imaginary[here] - imaginary[mirror]) * 0.5
            let oddReal = (imaginary[here] + imaginary[mirror]) * 0.5
            let oddImaginary = (real[mirror] - real[here]) * 0.5
            let c = cosines[bin]
            let s = sines[bin]
            let sumReal = evenReal + oddReal * c - oddImaginary * s
            let sumImaginary = evenImaginary + oddReal * s + oddImaginary * c
            let power = (sumReal * sumReal + sumImaginary * sumImaginary) * scale
            for lane in 0..<frames { target[lane * bins + bin] = power[lane] }
        }
    }
}
