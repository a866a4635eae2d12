import Tensors

/// One step of a path: the squared length of what it leaves over, the path it goes on from, and its code.
struct Step {
    var error: Float
    var origin: Int
    var code: Int

    /// Of equal errors the earlier path and code come first.
    func precedes(_ other: Step) -> Bool {
        error != other.error
            ? error < other.error : (origin, code) < (other.origin, other.code)
    }
}

/// The steps of least error of one frame.
struct StepChoice {
    /// Least error first; before as many have been considered, steps of infinite error at the end.
    private var kept: [Step]
    /// The least errors of groups of codes, least first, as many as steps are kept.
    private var least: [Float]
    private var maxima: [Float] = []

    private static let none = Step(error: .infinity, origin: 0, code: 0)

    /// - Parameter limit: how many steps are kept, at least one.
    init(keeping limit: Int) {
        kept = [Step](repeating: Self.none, count: limit)
        least = [Float](repeating: .infinity, count: limit)
    }

    /// The steps that were kept, best first; begins anew.
    mutating func take() -> [Step] {
        defer { for place in kept.indices { kept[place] = Self.none } }
        return kept
    }

    /// Considers all steps from a path of squared length `energy`, whose error is that less twice the score. Most
    /// are passed over sixteen at a time, by the highest score among them.
    mutating func consider(_ scores: UnsafePointer<Float>, count: Int, origin: Int, energy: Float) {
        let block = BlockMaxima.size
        let blocks = count / block
        let groups = blocks * BlockMaxima.lanes
        if maxima.count < groups { maxima = [Float](repeating: 0, count: groups) }
        BlockMaxima.find(scores, count: count, into: &maxima)
        let bound = bound(groups: groups, energy: energy)
        for group in 0..<groups where energy - 2 * maxima[group] <= bound {
            let (number, lane) = group.quotientAndRemainder(dividingBy: BlockMaxima.lanes)
            for code in stride(from: number * block + lane, to: (number + 1) * block, by: BlockMaxima.lanes) {
                insert(Step(error: energy - 2 * scores[code], origin: origin, code: code))
            }
        }
        for code in blocks * block..<count {
            insert(Step(error: energy - 2 * scores[code], origin: origin, code: code))
        }
    }

    /// An error that none of the steps to keep exceeds: as many groups have one of at most that.
    private mutating func bound(groups: Int, energy: Float) -> Float {
        let last = least.count - 1
        for place in least.indices { least[place] = kept[place].error }
        for group in 0..<groups {
            let error = energy - 2 * maxima[group]
            guard error < least[last] else { continue }
            var place = last
            while place > 0, error < least[place - 1] {
                least[place] = least[place - 1]
                place -= 1
            }
            least[place] = error
        }
        return least[last]
    }

    private mutating func insert(_ step: Step) {
        var place = kept.count - 1
        guard step.precedes(kept[place]) else { return }
        while place > 0, step.precedes(kept[place - 1]) {
            kept[place] = kept[place - 1]
            place -= 1
        }
        kept[place] = step
    }
}
