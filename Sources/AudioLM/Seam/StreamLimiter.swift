/// `limit` for sound that comes piece by piece: each frame is given out once all frames that bear on it are known.
struct StreamLimiter {
    private let ceiling: Float
    private let reach: Int
    /// The frames that are not yet given out, behind those before them that bear on them. `[channels][frames]`
    private var held: [[Float]]
    /// Frames of `held` that are given out.
    private var given = 0

    init(channelCount: Int, ceiling: Float, reach: Int) {
        self.ceiling = ceiling
        self.reach = reach
        held = [[Float]](repeating: [], count: channelCount)
    }

    /// Takes the next frames `[channels][frames]` and gives those that they complete, `2 · reach` fewer in all.
    mutating func append(_ channels: [[Float]]) -> [[Float]] {
        for (index, samples) in channels.enumerated() { held[index] += samples }
        return give(upTo: held[0].count - 2 * reach)
    }

    /// The rest.
    mutating func finish() -> [[Float]] { give(upTo: held[0].count) }

    private mutating func give(upTo end: Int) -> [[Float]] {
        guard end > given else { return held.map { _ in [] } }
        var limited = held
        limit(&limited, to: ceiling, reach: reach)
        let result = limited.map { Array($0[given..<end]) }
        let dropped = max(end - 2 * reach, 0)
        for index in held.indices { held[index].removeFirst(dropped) }
        given = end - dropped
        return result
    }
}
