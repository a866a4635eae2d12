internal import CKernels

/// Fourier transforms of real frames, sixteen frames side by side, a power of two of samples each.
///
/// Every frame's result is independent of the others'.
package struct RealFFT: Sendable {
    /// Frames that are transformed together.
    package static let lanes = Int(AUDIOLM_LANES)

    /// Samples of a frame.
    package let size: Int
    /// Number of bins, size / 2 + 1.
    package var bins: Int { size / 2 + 1 }

    /// cos and −sin of 2 π k / size for k in 0 ... size / 2.
    private let cosines: [Float]
    private let sines: [Float]
    /// Where the complex number that belongs at each place comes from.
    private let reversed: [UInt32]

    package init(size: Int) {
        precondition(size >= 4 && size & (size - 1) == 0, "\(size) is not a power of two")
        self.size = size
        let turn = 2 * Double.pi / Double(size)
        cosines = (0...size / 2).map { Float(cosine(turn * Double($0))) }
        sines = (0...size / 2).map { Float(-sine(turn * Double($0))) }
        let bits = (size / 2).trailingZeroBitCount
        reversed = (0..<size / 2).map { index in
            (0..<bits).reduce(0) { $0 | UInt32(index >> $1 & 1) << (bits - 1 - $1) }
        }
    }

    /// Frames on their way between samples and bins, `[bins][lanes]` each.
    package struct Values {
        package let real: UnsafeMutablePointer<Float>
        package let imaginary: UnsafeMutablePointer<Float>
    }

    /// Calls `body` with memory for one transform, all zero.
    package func withValues<R>(_ body: (Values) throws -> R) rethrows -> R {
        let count = bins * Self.lanes
        return try withUnsafeTemporaryAllocation(byteCount: 8 * count, alignment: 64) { memory in
            let floats = memory.bindMemory(to: Float.self)
            floats.initialize(repeating: 0)
            guard let real = floats.baseAddress else { preconditionFailure("no memory was allocated") }
            return try body(Values(real: real, imaginary: real + count))
        }
    }

    /// Places ≤ 16 frames that begin `hop` samples apart at `samples`, times `window`, whose first sample is the
    /// frame's sample `origin`; what reaches beyond the frame's end goes on at its start.
    package func place(
        _ samples: UnsafePointer<Float>, frames: Int, hop: Int, window: [Float], origin: Int = 0,
        in values: Values
    ) {
        precondition(frames <= Self.lanes && window.count <= size && origin >= 0 && origin <= size)
        let (even, odd) = (FrameLanes(values.real, count: bins), FrameLanes(values.imaginary, count: bins))
        FrameLanes.withTemporary(window.count) { lanes in
            lanes.take(samples, stride: hop, frames: frames)
            for (sample, weight) in window.enumerated() {
                let position = (sample + origin) % size
                let place = Int(reversed[position / 2])
                if position % 2 == 0 {
                    even[place] = lanes[sample] * weight
                } else {
                    odd[place] = lanes[sample] * weight
                }
            }
        }
    }

    /// Placed frames to their bins.
    package func bins(of values: Values) {
        withPlan { kernels.pointee.fft_bins($0, values.real, values.imaginary) }
    }

    /// Bins to size / 2 times the samples of their frames: sample 2 i as real, sample 2 i + 1 as imaginary part i.
    package func samples(of values: Values) {
        withPlan { kernels.pointee.fft_samples($0, values.real, values.imaginary) }
    }

    private func withPlan(_ body: (UnsafePointer<audiolm_fft>) -> Void) {
        cosines.withUnsafeBufferPointer { cosines in
            sines.withUnsafeBufferPointer { sines in
                reversed.withUnsafeBufferPointer { reversed in
                    guard let cosine = cosines.baseAddress, let sine = sines.baseAddress,
                        let reversed = reversed.baseAddress
                    else { return }
                    withUnsafePointer(
                        to: audiolm_fft(size: size, cosine: cosine, sine: sine, reversed: reversed), body)
                }
            }
        }
    }
}
