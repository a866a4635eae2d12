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
    /// Least error first.
    private var kept: [Step]
    private var maxima: [Float] = []

    private static let none = Step(error: .infinity, origin: 0, code: 0)

    /// - Parameter limit: how many steps are kept, at least one.
    init(keeping limit: Int) {
        kept = [Step](repeating: Self.none, count: limit)
    }

    /// The steps of least error, best first; where there are fewer than are kept, steps of infinite error at the end.
    ///
    /// Those that cannot be among them are passed over, sixteen at a time.
    /// - Parameters:
    ///   - bounds: of each path's steps `[paths, codes]`, no less than half of what they take off the path's energy.
    ///   - energies: the paths' squared lengths.
    ///   - error: the squared length that a step leaves over, by origin and code.
    mutating func best(
        of bounds: UnsafePointer<Float>, codes: Int, energies: ArraySlice<Float>, error: (Int, Int) -> Float
    ) -> [Step] {
        let blocks = codes / BlockMaxima.size
        let groups = blocks * BlockMaxima.lanes
        if maxima.count < energies.count * groups {
            maxima = [Float](repeating: 0, count: energies.count * groups)
        }
        for origin in 0..<energies.count {
            maxima.withUnsafeMutableBufferPointer { maxima in
                guard let maxima = maxima.baseAddress else { return }
                BlockMaxima.find(bounds + origin * codes, count: codes, into: maxima + origin * groups)
            }
        }
        let maxima = maxima
        var worst = enough(bounds, codes: codes, groups: groups, energies: energies, error: error)
        for place in kept.indices { kept[place] = Self.none }
        for (origin, energy) in energies.enumerated() {
            let bounds = bounds + origin * codes
            kept.withUnsafeMutableBufferPointer { kept in
                func consider(_ code: Int) {
                    guard energy - 2 * bounds[code] <= worst else { return }
                    Self.insert(Step(error: error(origin, code), origin: origin, code: code), into: kept)
                    worst = min(worst, kept[kept.count - 1].error)
                }
                for block in 0..<blocks {
                    let least = energy - 2 * Self.block(maxima, origin * groups + block * BlockMaxima.lanes)
                    guard any(least .<= worst) else { continue }
                    for lane in 0..<BlockMaxima.lanes where least[lane] <= worst {
                        Self.codes(of: block * BlockMaxima.lanes + lane).forEach(consider)
                    }
                }
                for code in blocks * BlockMaxima.size..<codes { consider(code) }
            }
        }
        return kept
    }

    /// The maxima of one block, from number `first` on.
    private static func block(_ maxima: [Float], _ first: Int) -> SIMD16<Float> {
        maxima.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 4 * first, as: SIMD16<Float>.self) }
    }

    /// The codes of a group, over which one maximum is taken.
    private static func codes(of group: Int) -> StrideTo<Int> {
        let first = group / BlockMaxima.lanes * BlockMaxima.size + group % BlockMaxima.lanes
        return stride(from: first, to: first + BlockMaxima.size, by: BlockMaxima.lanes)
    }

    /// An error that none of the steps to keep exceeds: as many others, the most promising of their groups, have one of at
    /// most that.
    private mutating func enough(
        _ bounds: UnsafePointer<Float>, codes: Int, groups: Int, energies: ArraySlice<Float>,
        error: (Int, Int) -> Float
    ) -> Float {
        guard energies.count * groups >= kept.count else { return .infinity }
        for place in kept.indices { kept[place] = Self.none }
        let maxima = maxima
        kept.withUnsafeMutableBufferPointer { kept in
            for (origin, energy) in energies.enumerated() {
                for first in stride(from: 0, to: groups, by: BlockMaxima.lanes) {
                    let least = energy - 2 * Self.block(maxima, origin * groups + first)
                    guard any(least .< kept[kept.count - 1].error) else { continue }
                    for lane in 0..<BlockMaxima.lanes where least[lane] < kept[kept.count - 1].error {
                        Self.insert(Step(error: least[lane], origin: origin, code: first + lane), into: kept)
                    }
                }
            }
        }
        return kept.reduce(0) { worst, leader in
            let path = bounds + leader.origin * codes
            let top = maxima[leader.origin * groups + leader.code]
            let code = Self.codes(of: leader.code).first { path[$0] == top } ?? 0
            return max(worst, error(leader.origin, code))
        }
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
