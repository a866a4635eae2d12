import Foundation

extension AudioLMBundle {
    /// Carries a prompt on. Chunks of sound arrive while later ones are being made; the sequence throws
    /// `ContinuationError` where the request makes no sense.
    ///
    /// The work runs on a thread of its own. It stops within a step of a stage when the iterating task is cancelled
    /// or the sequence is dropped; no `finished` event comes then.
    /// - Parameter prompt: mono at `sampleRate`, at least a second; the continuation begins after its last sample.
    public func extend(
        _ prompt: [Float], options: ContinuationOptions
    ) -> AsyncThrowingStream<ContinuationEvent, any Error> {
        run(prompt, options: options, variations: 1) { event in
            switch event {
            case .progress(let progress): .progress(progress)
            case .audio(_, let samples): .audio(samples)
            case .finished(let summaries): .finished(summaries[0])
            }
        }
    }

    /// Carries a prompt on in several ways at once, which takes far less time than one after the other. Variation n
    /// is what `extend` makes with the seed `options.seed + n`. The work does not wait for a slow reader: up to all of the
    /// sound waits for it in memory.
    /// - Parameters:
    ///   - prompt: mono at `sampleRate`, at least a second; the continuations begin after its last sample.
    ///   - variations: at least 1; the memory that is needed grows with it.
    public func extend(
        _ prompt: [Float], options: ContinuationOptions, variations: Int
    ) -> AsyncThrowingStream<VariationsEvent, any Error> {
        run(prompt, options: options, variations: variations) { $0 }
    }

    private func run<Event: Sendable>(
        _ prompt: [Float], options: ContinuationOptions, variations: Int,
        as event: @escaping @Sendable (VariationsEvent) -> Event
    ) -> AsyncThrowingStream<Event, any Error> {
        let (stream, continuation) = AsyncThrowingStream<Event, any Error>.makeStream()
        let flag = CancellationFlag()
        continuation.onTermination = { _ in flag.raise() }
        let thread = Thread {
            do {
                var run = try ContinuationRun(
                    self, prompt: prompt, options: options, variations: variations,
                    isCancelled: { flag.isRaised }, report: { continuation.yield(event($0)) })
                try run.finish()
                continuation.finish()
            } catch is CancellationError {
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
        thread.name = "AudioLM continuation"
        thread.stackSize = 8 << 20
        thread.start()
        // Unlike a stream with a buffer, one that unfolds gives nothing more once its reader is cancelled.
        return AsyncThrowingStream { try await stream.first { _ in true } }
    }

    /// The whole sound of `extend` at once, made on the caller's thread.
    ///
    /// Checks for cancellation of the task between the steps of a stage; throws `ContinuationError` where the request
    /// makes no sense.
    /// - Parameter prompt: mono at `sampleRate`, at least a second.
    public func continuation(of prompt: [Float], options: ContinuationOptions) throws -> [Float] {
        var samples: [Float] = []
        var run = try ContinuationRun(
            self, prompt: prompt, options: options, variations: 1, isCancelled: { Task.isCancelled },
            report: { if case .audio(_, let chunk) = $0 { samples += chunk } })
        try run.finish()
        return samples
    }
}
