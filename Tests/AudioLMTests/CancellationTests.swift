import AudioLM
import Testing

/// An hour is asked for: a test that ends has stopped the work.
@Suite(.timeLimit(.minutes(3))) struct CancellationTests {
    let hour = ContinuationOptions(seconds: 3600, seed: 1)

    @Test func leavingTheLoopStopsTheWork() async throws {
        let bundle = try TinyBundle.load()
        for try await _ in bundle.extend(TinyBundle.prompt(), options: hour) { break }
        // The bundle's threads are free again.
        let options = ContinuationOptions(seconds: 0.5, seed: 1)
        #expect(try await Collected(bundle.extend(TinyBundle.prompt(), options: options)).summary != nil)
    }

    @Test func cancellingTheTaskEndsTheSequenceWithoutASummary() async throws {
        let bundle = try TinyBundle.load()
        let task = Task {
            var finished = false
            for try await event in bundle.extend(TinyBundle.prompt(), options: hour) {
                if case .audio = event { withUnsafeCurrentTask { $0?.cancel() } }
                if case .finished = event { finished = true }
            }
            return finished
        }
        #expect(try await task.value == false)
    }

    @Test func cancellingBeforeTheStartGivesNothing() async throws {
        let bundle = try TinyBundle.load()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await Collected(bundle.extend(TinyBundle.prompt(), options: hour)).samples
        }
        #expect(try await task.value.isEmpty)
    }
}
