import ArgumentParser
import AudioLM

/// A value for some of the stages: `0.9`, for the first that a verb runs, or `semantic=1,coarse=0.9`.
struct PerStage<Value: LosslessStringConvertible & Sendable & Equatable>: ExpressibleByArgument, Equatable {
    private let bare: Value?
    private let named: [TokenStage: Value]

    /// All that were given.
    var values: [Value] { Array(named.values) + (bare.map { [$0] } ?? []) }

    init?(argument: String) {
        if let value = Value(argument) {
            (bare, named) = (value, [:])
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
        (bare, named) = (nil, values)
    }

    func value(for stage: TokenStage, first: TokenStage) -> Value? {
        named[stage] ?? (stage == first ? bare : nil)
    }

    func names(_ stage: TokenStage) -> Bool { named[stage] != nil }
}

/// How tokens are drawn. Each option takes one value, for the first stage that runs, or one per stage by name.
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

    /// - Parameter first: the stage that a bare value is for.
    func options(first: TokenStage = .semantic) -> [TokenStage: SamplingOptions] {
        var options: [TokenStage: SamplingOptions] = [:]
        for stage in TokenStage.allCases {
            let choice = SamplingOptions(
                temperature: temperature?.value(for: stage, first: first),
                topK: topK?.value(for: stage, first: first), topP: topP?.value(for: stage, first: first),
                minP: minP?.value(for: stage, first: first))
            if choice != SamplingOptions() { options[stage] = choice }
        }
        return options
    }

    /// Whether an option names `stage`.
    func names(_ stage: TokenStage) -> Bool {
        temperature?.names(stage) == true || topK?.names(stage) == true || topP?.names(stage) == true
            || minP?.names(stage) == true
    }

    func validate() throws {
        for value in temperature?.values ?? [] where !(0...10).contains(value) {
            throw ValidationError("--temperature must be 0 to 10, found \(value)")
        }
        for value in topK?.values ?? [] where !(0...1024).contains(value) {
            throw ValidationError("--top-k must be 0 (all) to 1024, found \(value)")
        }
        for value in topP?.values ?? [] where !(value > 0 && value <= 1) {
            throw ValidationError("--top-p must be more than 0 and at most 1, found \(value)")
        }
        for value in minP?.values ?? [] where !(0...1).contains(value) {
            throw ValidationError("--min-p must be 0 to 1, found \(value)")
        }
    }
}
