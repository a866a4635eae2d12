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
        let blocks = count / BlockMaxima.size
        let groups = blocks * BlockMaxima.lanes
        if maxima.count < groups { maxima = [Float](repeating: 0, count: groups) }
        BlockMaxima.find(scores, count: count, into: &maxima)
        // The first path tells a bound; what is kept of it then bounds the others.
        var worst = origin == 0 ? bound(groups: groups, energy: energy) : kept[kept.count - 1].error
        maxima.withUnsafeBytes { maxima in
            kept.withUnsafeMutableBufferPointer { kept in
                func consider(_ code: Int) {
                    let error = energy - 2 * scores[code]
                    guard error <= worst else { return }
                    Self.insert(Step(error: error, origin: origin, code: code), into: kept)
                    worst = min(worst, kept[kept.count - 1].error)
                }
                for block in 0..<blocks {
                    let errors =
                        energy - 2 * maxima.loadUnaligned(fromByteOffset: 64 * block, as: Maxima.self)
                    guard any(errors .<= worst) else { continue }
                    for lane in 0..<BlockMaxima.lanes where errors[lane] <= worst {
                        let first = block * BlockMaxima.size + lane
                        for place in 0..<BlockMaxima.lanes { consider(first + place * BlockMaxima.lanes) }
                    }
                }
                for code in blocks * BlockMaxima.size..<count { consider(code) }
            }
        }
    }

    /// The maxima of one block.
    private typealias Maxima = SIMD16<Float>

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

    /// Puts a step in its place, if it has one, and the last out.
    private static func insert(_ step: Step, into kept: UnsafeMutableBufferPointer<Step>) {
        var place = kept.count - 1
        guard step.precedes(kept[place]) else { return }
        while place > 0, step.precedes(kept[place - 1]) {
            kept[place] = kept[place - 1]
            place -= 1
        }
        kept[place] = step
    }
}
