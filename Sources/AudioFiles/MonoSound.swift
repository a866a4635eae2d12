extension AudioBuffer {
    /// The mean of all channels or, where they cancel each other out in it, the loudest one.
    public func heardAsMono() -> [Float] { loudestOfCancelling.map { channels[$0] } ?? mixedToMono() }

    /// The loudest of channels that cancel each other out in their mean, as those of opposite polarity do; nil where
    /// the mean is sound.
    package var loudestOfCancelling: Int? {
        let levels = channels.map(\.rootMeanSquare)
        let loudest = levels.indices.max { levels[$0] < levels[$1] } ?? 0
        return mixedToMono().rootMeanSquare < 0.1 * levels[loudest] ? loudest : nil
    }
}

extension [Float] {
    package var rootMeanSquare: Float {
        isEmpty ? 0 : Float((reduce(0.0) { $0 + Double($1 * $1) } / Double(count)).squareRoot())
    }
}
