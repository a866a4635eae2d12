import Tensors

/// Short-time spectra on the codec's grid: Hann-windowed frames, zero-padded, their phases told from the window's
/// middle.
///
/// Frame t sees the `window` samples that end at sample hop · (t + 1): it is complete as soon as its last sample has
/// arrived. The magnitude of a full-scale sine is 1.
struct Spectrum: Sendable {
    let window: Int
    /// Samples from a frame to the next.
    let hop: Int
    let transform: RealFFT
    private let hann: [Float]
    /// What the inverse transform's samples are multiplied by, so that overlapped frames give the wave back.
    private let synthesisWindow: [Float]

    var bins: Int { transform.bins }
    /// Where the transform has the window's first sample.
    private var origin: Int { transform.size - window / 2 }

    init(_ c: CodecConfiguration) {
        (window, hop) = (c.window, c.spectrumHop)
        transform = RealFFT(size: c.fft)
        hann = hannWindow(c.window)
        // Undone are the magnitudes' scale, window / 4, and the transform's, 2 / fft; overlapping squares of Hann
        // windows add up to 3 · window / (8 · hop).
        let scale = Float(4 * Double(hop) / (3 * Double(c.fft)))
        synthesisWindow = hann.map { $0 * scale }
    }

    /// Levels `[frames, bins]` of frames one after the other, the first of which begins with the first sample.
    func levels(_ samples: [Float], frames: Int, on pool: WorkerPool) -> Tensor {
        let scale = Float(16 / (Double(window) * Double(window)))
        return Levels.ofPowers(
            transform.powers(of: samples, frames: frames, hop: hop, window: hann, scale: scale, on: pool))
    }

    /// Phases `[frames, bins]` of the same frames.
    func phases(_ samples: [Float], frames: Int, on pool: WorkerPool) -> Tensor {
        let bins = bins
        var phases = Tensor(uninitialized: [frames, bins])
        phases.withMutablePointer { target in
            samples.withUnsafeBufferPointer { source in
                guard let source = source.baseAddress else { return }
                pool.run(frames) { frame in
                    transform.withValues { values in
                        transform.place(
                            source + frame * hop, frames: 1, hop: hop, window: hann, origin: origin,
                            in: values)
                        transform.bins(of: values)
                        for bin in 0..<bins {
                            let place = bin * RealFFT.lanes
                            let angle = arctangent(
                                Double(values.imaginary[place]), Double(values.real[place]))
                            target[frame * bins + bin] = Float(angle / (2 * .pi))
                        }
                    }
                }
            }
        }
        return phases
    }

    /// Windowed frames `[frames, window]`, to be added where they overlap, from levels and phases `[frames, bins]`.
    func frames(levels: Tensor, phases: Tensor, on pool: WorkerPool) -> Tensor {
        let (count, width) = (levels.rows, window)
        var frames = Tensor(uninitialized: [count, width])
        frames.withMutablePointer { target in
            pool.run((count + RealFFT.lanes - 1) / RealFFT.lanes) { group in
                let range = group * RealFFT.lanes..<min((group + 1) * RealFFT.lanes, count)
                transform.withValues { values in
                    place(levels.rows(range), phases.rows(range), in: values)
                    transform.samples(of: values)
                    take(range.count, from: values, into: target + range.lowerBound * width)
                }
            }
        }
        return frames
    }

    /// Complex bins, a frame in each lane.
    private func place(_ levels: Tensor, _ phases: Tensor, in values: RealFFT.Values) {
        let (count, bins) = (levels.rows, bins)
        var cosines = phases
        var sines = cosines.rotations()
        let magnitudes = Levels.magnitudes(levels)
        cosines.multiply(by: magnitudes)
        sines.multiply(by: magnitudes)
        cosines.withPointer {
            FrameLanes(values.real, count: bins).take($0, stride: bins, frames: count)
        }
        sines.withPointer {
            FrameLanes(values.imaginary, count: bins).take($0, stride: bins, frames: count)
        }
    }

    /// The windowed samples of the first `count` lanes, a frame in each row.
    private func take(_ count: Int, from values: RealFFT.Values, into target: UnsafeMutablePointer<Float>) {
        let (even, odd) = (FrameLanes(values.real, count: bins), FrameLanes(values.imaginary, count: bins))
        FrameLanes.withTemporary(window) { lanes in
            for i in 0..<window {
                let sample = (i + origin) % transform.size
                lanes[i] = (sample % 2 == 0 ? even : odd)[sample / 2] * synthesisWindow[i]
            }
            lanes.give(to: target, stride: window, frames: count)
        }
    }
}
