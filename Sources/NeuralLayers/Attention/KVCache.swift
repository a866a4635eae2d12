/// Keys and values of the last positions of one attention layer, in a ring; of one sequence, or of several that go on in
/// step.
///
/// A query sees at most `window` positions, its own included, so the ring keeps the window and room for one block
/// of new positions; a sequence may go on for ever. For a while it may go on in several branches, which share what came
/// before.
package struct KVCache: Sendable {
    package let window: Int
    /// Positions that have been appended: the position of the next one.
    package private(set) var position = 0
    private(set) var past: KeyValueRows
    private(set) var branches: Branches?

    /// What each branch of a sequence has alone.
    struct Branches: Sendable {
        /// Of each sequence.
        let count: Int
        /// The first position.
        fileprivate(set) var start: Int
        /// Of all branches of the first sequence, then of the next one's.
        fileprivate(set) var rows: KeyValueRows
    }

    package var heads: Int { past.shape.heads }

    /// Sequences in step, the branches of each counted.
    package var sequences: Int { branches?.rows.sequences ?? past.sequences }

    /// New positions that may be appended at once.
    static let block = 64

    package init(window: Int, channels: Int, heads: Int) {
        precondition(window > 0, "an attention window of \(window)")
        precondition(heads > 0 && channels % heads == 0, "\(heads) heads do not divide \(channels) channels")
        self.window = window
        past = KeyValueRows(
            sequences: 1,
            KeyValueRows.Shape(
                heads: heads, headDimension: channels / heads, capacity: window + Self.block - 1))
    }

    /// The past of this one sequence as that of `count` sequences.
    package func repeated(_ count: Int) -> KVCache {
        precondition(sequences == 1, "\(sequences) sequences cannot be repeated")
        var cache = self
        cache.past = past.repeated(count)
        return cache
    }

    /// Each sequence as `count` branches, which may go on by `length` positions before one of them is kept.
    package func branched(_ count: Int, length: Int) -> KVCache {
        precondition(branches == nil, "the sequences have branches already")
        precondition(count > 0 && length > 0, "\(count) branches of \(length) positions")
        var cache = self
        cache.branches = Branches(
            count: count, start: position,
            rows: KeyValueRows(
                sequences: past.sequences * count,
                KeyValueRows.Shape(heads: heads, headDimension: past.shape.headDimension, capacity: length)))
        return cache
    }

    /// Lets all branches of each sequence go on from one of them.
    /// - Parameter chosen: for each sequence the index of its branch.
    package mutating func keep(_ chosen: [Int]) {
        guard let branches else { preconditionFailure("there are no branches to keep one of") }
        precondition(
            chosen.count == past.sequences, "\(chosen.count) branches of \(past.sequences) sequences")
        for (sequence, branch) in chosen.enumerated() {
            past.copy(
                branches.rows, sequence: sequence * branches.count + branch, count: position - branches.start,
                to: sequence, from: branches.start)
        }
        self.branches?.start = position
    }

    /// Appends the keys and values of up to `block` positions of each sequence; to branches, no more in all than fit.
    /// - Parameters:
    ///   - rows: for each position `stride` numbers, keys from `keyOffset` on and values from `valueOffset` on.
    ///   - sequenceStride: numbers from a sequence's first position to the next one's.
    mutating func append(
        _ rows: UnsafePointer<Float>, count: Int, stride: Int, sequenceStride: Int, keyOffset: Int,
        valueOffset: Int
    ) {
        precondition(count <= Self.block)
        func set(_ target: inout KeyValueRows, from position: Int) {
            target.set(
                rows, from: position, count: count, stride: stride, sequenceStride: sequenceStride,
                keyOffset: keyOffset, valueOffset: valueOffset)
        }
        if let (start, capacity) = branches.map({ ($0.start, $0.rows.shape.capacity) }) {
            precondition(
                position + count - start <= capacity, "no more than \(capacity) positions fit a branch")
            set(&branches!.rows, from: position - start)
        } else {
            set(&past, from: position)
        }
        position += count
    }
}
