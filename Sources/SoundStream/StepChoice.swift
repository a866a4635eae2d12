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
    private let limit: Int
    /// Least error first.
    private var kept: [Step] = []
    private var maxima: [Float] = []

    /// - Parameter limit: how many steps are kept.
    init(keeping limit: Int) {
        self.limit = limit
        kept.reserveCapacity(limit + 1)
    }

    /// The steps that were kept, best first; begins anew.
    mutating func take() -> [Step] {
        defer { kept.removeAll(keepingCapacity: true) }
        return kept
    }

    /// Considers all steps from a path of squared length `energy`, whose error is that less twice the score. Most
    /// are passed over sixteen at a time, by the highest score among them.
    mutating func consider(_ scores: UnsafePointer<Float>, count: Int, origin: Int, energy: Float) {
        let block = BlockMaxima.size
        let blocks = count / block
        if maxima.count < blocks * BlockMaxima.lanes {
            maxima = [Float](repeating: 0, count: blocks * BlockMaxima.lanes)
        }
        BlockMaxima.find(scores, count: count, into: &maxima)
        for index in 0..<blocks * BlockMaxima.lanes where !(energy - 2 * maxima[index] > bound) {
            let (number, lane) = index.quotientAndRemainder(dividingBy: BlockMaxima.lanes)
            for code in stride(from: number * block + lane, to: (number + 1) * block, by: BlockMaxima.lanes) {
                insert(Step(error: energy - 2 * scores[code], origin: origin, code: code))
            }
        }
        for code in blocks * block..<count {
            insert(Step(error: energy - 2 * scores[code], origin: origin, code: code))
        }
    }

    /// Errors above are not kept.
    private var bound: Float { kept.count < limit ? .infinity : kept[limit - 1].error }

    private mutating func insert(_ step: Step) {
        guard !(step.error > bound) else { return }
        var place = kept.count
        while place > 0, step.precedes(kept[place - 1]) { place -= 1 }
        guard place < limit else { return }
        kept.insert(step, at: place)
        if kept.count > limit { kept.removeLast() }
    }
}
