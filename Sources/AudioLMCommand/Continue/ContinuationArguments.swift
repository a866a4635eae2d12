import ArgumentParser
import AudioLM

/// How long, how many, and from how much of the snippet.
struct ContinuationArguments: ParsableArguments {
    /// Less is no sound.
    static let shortest = 0.01
    /// Nobody listens longer, and nothing above fits in memory.
    static let longest = 3600.0

    @Option(parsing: .unconditional, help: ArgumentHelp("How many seconds to add.", valueName: "s"))
    var seconds = 20.0

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The same seed gives the same continuation (default: chosen and printed).", valueName: "number"))
    var seed: UInt64?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How many continuations to make, numbered from 1, with seeds from --seed on.", valueName: "count")
    )
    var variations = 1

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How much of the snippet's end the models hear (default: as much as they can).", valueName: "s"))
    var promptSeconds: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Choose, every 2 s, among this many ways to go on the most fitting one (piano; default: 4).",
            valueName: "count"))
    var candidates: Int?

    @Flag(help: "Write the new part alone.")
    var onlyContinuation = false

    /// Variations that are made together: as many as the processor can put to use, fewer where they are so long that
    /// their sound would fill the memory.
    var variationsAtOnce: Int { max(1, min(16, Int(Self.longest / seconds))) }

    func validate() throws {
        guard (Self.shortest...Self.longest).contains(seconds) else {
            throw ValidationError("--seconds must be 0.01 to 3600, found \(seconds)")
        }
        guard (1...100).contains(variations) else {
            throw ValidationError("--variations must be 1 to 100, found \(variations)")
        }
        if let candidates, !ContinuationOptions.candidateCounts.contains(candidates) {
            throw ValidationError("--candidates must be 1 to 64, found \(candidates)")
        }
        if let promptSeconds, !(1...Self.longest).contains(promptSeconds) {
            throw ValidationError("--prompt-seconds must be 1 to 3600, found \(promptSeconds)")
        }
    }
}
