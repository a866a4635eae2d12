import Tensors

/// Levels to sound: phases that fit them, the inverse transform, and the overlapping frames' sum.
///
/// The phases of a spectrum need the levels of the one after it.
struct Synthesis: Sendable {
    private let spectrum: Spectrum
    private let integration: PhaseIntegration

    /// What is left of the sound so far.
    struct State: Sendable {
        /// Levels of the last spectrum that has phases, if there is one, and of the next, if there is one.
        fileprivate var levels: Tensor
        /// The phases of that spectrum, `[1, bins]`.
        fileprivate var phases: Tensor?
        /// Spectra that have had phases.
        fileprivate var count: Int
        /// The frames' sum where later ones will add to it.
        fileprivate var overlap: [Float]
        /// Spectra to come that are known already.
        fileprivate var known: Int
        /// Samples to come that lie before the first whose frames are all there.
        fileprivate var early: Int
    }

    init(_ spectrum: Spectrum, fft: Int) {
        self.spectrum = spectrum
        integration = PhaseIntegration(
            window: spectrum.window, hop: spectrum.hop, fft: fft, logarithmOfLevel: Levels.logarithm,
            silentLevel: Levels.silent)
    }

    /// At the beginning of a recording.
    func makeState() -> State {
        let reach = spectrum.window - spectrum.hop
        return State(
            levels: Tensor([0, spectrum.bins]), phases: nil, count: 0,
            overlap: [Float](repeating: 0, count: reach), known: 0, early: reach)
    }

    /// After `samples`, with what is expected to follow for half a window: the spectra whose middle is not after the
    /// last sample are those of both together, and later phases go on from theirs.
    func makeState(after samples: [Float], expecting expected: [Float], on pool: WorkerPool) -> State {
        let (window, hop) = (spectrum.window, spectrum.hop)
        let known = window / 2 / hop
        let past = samples.suffix(window)
        let future = expected.prefix(known * hop)
        var sound = [Float](repeating: 0, count: window + known * hop)
        sound.replaceSubrange(window - past.count..<window, with: past)
        sound.replaceSubrange(window..<window + future.count, with: future)
        let levels = spectrum.levels(sound, frames: known + 1, on: pool)
        let phases = spectrum.phases(sound, frames: known + 1, on: pool)
        var state = makeState()
        let frames = spectrum.frames(
            levels: levels.rows(1..<known + 1), phases: phases.rows(1..<known + 1), on: pool)
        _ = overlapped(frames, &state)
        (state.levels, state.phases) = (levels.rows(known..<known + 1), phases.rows(known..<known + 1))
        (state.count, state.known) = (known + 1, known)
        return state
    }

    /// The samples that further levels `[spectra, bins]` complete. The first sample is the one after those that
    /// the state was made after; it needs the spectra whose windows begin with it or before, and one more.
    func callAsFunction(_ levels: Tensor, _ state: inout State, on pool: WorkerPool) -> [Float] {
        let (levels, phases) = phased(levels, &state)
        return overlapped(spectrum.frames(levels: levels, phases: phases, on: pool), &state)
    }

    /// The spectra that further levels let have phases: their levels and phases, `[count, bins]` each.
    func phased(_ levels: Tensor, _ state: inout State) -> (levels: Tensor, phases: Tensor) {
        let bins = spectrum.bins
        let known = min(state.known, levels.rows)
        state.known -= known
        let rows = Tensor.concatenateRows([state.levels, levels.rows(known..<levels.rows)])
        let first = state.phases == nil ? 0 : 1
        let end = max(rows.rows - 1, first)
        var phases = Tensor.concatenateRows([
            state.phases ?? Tensor([0, bins]), Tensor([end - first, bins]),
        ])
        rows.withPointer { rows in
            phases.withMutablePointer { phases in
                for row in first..<end {
                    let here = phases + row * bins
                    guard row > 0 else {
                        integration.noise(frame: 0, into: here)
                        continue
                    }
                    let now = rows + row * bins
                    integration.integrate(
                        before: now - bins, now: now, after: now + bins, phasesBefore: here - bins,
                        frame: state.count + row - first, into: here)
                }
            }
        }
        let kept = max(end - 1, 0)
        state.levels = rows.rows(kept..<rows.rows)
        state.phases = end > 0 ? phases.rows(kept..<end) : nil
        state.count += end - first
        return (rows.rows(first..<end), phases.rows(first..<end))
    }

    /// Adds frames `[count, window]` to the sum and takes what is complete of it.
    private func overlapped(_ frames: Tensor, _ state: inout State) -> [Float] {
        let (count, window, hop) = (frames.rows, spectrum.window, spectrum.hop)
        var sum = state.overlap + [Float](repeating: 0, count: count * hop)
        sum.withUnsafeMutableBufferPointer { sum in
            guard let sum = sum.baseAddress else { return }
            frames.withPointer { frames in
                for frame in 0..<count {
                    let source = frames + frame * window
                    let target = sum + frame * hop
                    for i in 0..<window { target[i] += source[i] }
                }
            }
        }
        state.overlap = Array(sum[(count * hop)...])
        let dropped = min(state.early, count * hop)
        state.early -= dropped
        return Array(sum[dropped..<count * hop])
    }
}
