extension RealFFT {
    /// Squared magnitudes, times `scale`, of `frames` frames that begin `hop` samples apart, windowed and followed
    /// by zeros: `[frames, bins]`.
    package func powers(
        of samples: [Float], frames: Int, hop: Int, window: [Float], scale: Float, on pool: WorkerPool
    ) -> Tensor {
        precondition(
            frames == 0 || (frames - 1) * hop + window.count <= samples.count, "frames reach too far")
        var powers = Tensor(uninitialized: [frames, bins])
        powers.withMutablePointer { target in
            samples.withUnsafeBufferPointer { source in
                guard let source = source.baseAddress else { return }
                pool.run((frames + Self.lanes - 1) / Self.lanes) { group in
                    let first = group * Self.lanes
                    withValues { values in
                        let count = min(Self.lanes, frames - first)
                        place(source + first * hop, frames: count, hop: hop, window: window, in: values)
                        bins(of: values)
                        power(of: values, frames: count, scale: scale, into: target + first * bins)
                    }
                }
            }
        }
        return powers
    }

    private func power(
        of values: Values, frames: Int, scale: Float, into target: UnsafeMutablePointer<Float>
    ) {
        let (real, imaginary) = (
            FrameLanes(values.real, count: bins), FrameLanes(values.imaginary, count: bins)
        )
        for bin in 0..<bins {
            let (re, im) = (real[bin], imaginary[bin])
            real[bin] = (re * re + im * im) * scale
        }
        real.give(to: target, stride: bins, frames: frames)
    }
}
