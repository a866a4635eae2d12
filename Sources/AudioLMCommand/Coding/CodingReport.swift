/// What `encode` and `decode` tell.
struct CodingReport: Encodable {
    let input: String
    let output: String
    /// Length of the sound.
    let seconds: Double
    /// Of all bytes of the coded sound.
    let kilobitsPerSecond: Double
    /// Of the coded sound.
    let bytes: Int
    let wallSeconds: Double

    /// Tells it as the options ask, if standard output does not carry the result.
    func tell(_ options: OutputOptions, _ target: Endpoint) throws {
        guard target != .stream else { return }
        if options.json {
            try Terminal.json(self)
        } else if !options.quiet {
            let speed = seconds / wallSeconds
            let told = [seconds, kilobitsPerSecond, speed].map { "\(($0 * 100).rounded() / 100)" }
            try Terminal.output("\(output): \(told[0]) s at \(told[1]) kbit/s, \(told[2]) times real time")
        }
    }
}
