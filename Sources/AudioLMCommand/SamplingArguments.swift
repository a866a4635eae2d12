import ArgumentParser
import AudioLM

/// A value for some of the stages: `0.9` (the semantic stage) or `semantic=1,coarse=0.9`.
struct PerStage<Value: LosslessStringConvertible & Sendable & Equatable>: ExpressibleByArgument, Equatable {
    let values: [TokenStage: Value]

    init?(argument: String) {
        if let value = Value(argument) {
            values = [.semantic: value]
            return
        }
        var values: [TokenStage: Value] = [:]
        for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, let stage = TokenStage(rawValue: String(pair[0])),
                let value = Value(String(pair[1])), values[stage] == nil
            else { return nil }
            values[stage] = value
        }
        self.values = values
    }
}

/// How tokens are drawn. Each option takes one value, for the semantic stage, or one per stage by name.
struct SamplingArguments: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "0 is the likeliest course, 1 as learned, more is wilder; e.g. 0.9 or semantic=0.9,coarse=0.8,fine=0.4.",
            valueName: "value"))
    var temperature: PerStage<Float>?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Draw among this many likeliest tokens (0: all).", valueName: "count"))
    var topK: PerStage<Int>?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Draw among the likeliest tokens with this share of probability.", valueName: "share"))
    var topP: PerStage<Float>?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Draw among the tokens at least so many times as likely as the likeliest (0: all).",
            valueName: "share"))
    var minP: PerStage<Float>?

    var options: [TokenStage: SamplingOptions] {
        var options: [TokenStage: SamplingOptions] = [:]
        for stage in TokenStage.allCases {
            let choice = SamplingOptions(
                temperature: temperature?.values[stage], topK: topK?.values[stage], topP: topP?.values[stage],
                minP: minP?.values[stage])
            if choice != SamplingOptions() { options[stage] = choice }
        }
        return options
    }

    func validate() throws {
        for value in (temperature?.values ?? [:]).values where !(0...10).contains(value) {
            throw ValidationError("--temperature must be 0 to 10, found \(value)")
        }
        for value in (topK?.values ?? [:]).values where !(0...1024).contains(value) {
            throw ValidationError("--top-k must be 0 (all) to 1024, found \(value)")
        }
        for value in (topP?.values ?? [:]).values where !(value > 0 && value <= 1) {
            throw ValidationError("--top-p must be more than 0 and at most 1, found \(value)")
        }
        for value in (minP?.values ?? [:]).values where !(0...1).contains(value) {
            throw ValidationError("--min-p must be 0 to 1, found \(value)")
        }
    }
}
