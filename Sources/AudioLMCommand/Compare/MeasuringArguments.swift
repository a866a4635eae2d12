import ArgumentParser

/// How much is measured, where, and what is shown of it.
struct MeasuringArguments: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Measure this much of each continuation at most.", valueName: "s"))
    var seconds = 20.0

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Prompts whose sounds the page holds, at even steps.", valueName: "count"))
    var listen = 10

    @Option(parsing: .unconditional, help: ArgumentHelp("Seed of the bootstrap.", valueName: "number"))
    var seed: UInt64 = 1

    @Option(
        help: ArgumentHelp(
            "Measure one part of the prompts only, into the report's cache; without it, the report is made of all.",
            valueName: "i/n"))
    var shard: Shard?

    @Option(parsing: .unconditional, help: "Threads to measure on (default: all cores).")
    var threads: Int?

    @Flag(help: "Leave out prompts that a system lacks.")
    var partial = false

    @Flag(help: "Say nothing unless something goes wrong.")
    var quiet = false

    func validate() throws {
        guard (5...600).contains(seconds) else {
            throw ValidationError("--seconds must be 5 to 600, found \(seconds)")
        }
        guard (0...1000).contains(listen) else {
            throw ValidationError("--listen must be 0 to 1000, found \(listen)")
        }
        if let threads, !(1...256).contains(threads) {
            throw ValidationError("--threads must be 1 to 256, found \(threads)")
        }
    }
}
