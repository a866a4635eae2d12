import Tensors

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
        /// The first position, and how many there may be.
        fileprivate(set) var start: Int
        fileprivate let length: Int
        /// Of all branches of the first sequence, then of the next one's.
        fileprivate(set) var rows: KeyValueRows
    }

    package var heads: Int { past.shape.heads }

    /// Sequences in step, the branches of each not counted.
    var pastSequences: Int { past.sequences }

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
                heads: heads, headDimension: channels / heads, positions: window + Self.block - 1))
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
            count: count, start: position, length: length,
            rows: KeyValueRows(
                sequences: past.sequences * count,
                KeyValueRows.Shape(
                    heads: heads, headDimension: past.shape.headDimension,
                    positions: length + KeyValueRows.Shape.block - 1)))
        return cache
    }

    /// Lets all branches of each sequence go on from one of them.
    /// - Parameter chosen: for each sequence the index of its branch.
    package mutating func keep(_ chosen: [Int]) {
        guard let (count, start) = branches.map({ ($0.count, $0.start) }) else {
            preconditionFailure("there are no branches to keep one of")
        }
        precondition(
            chosen.count == past.sequences, "\(chosen.count) branches of \(past.sequences) sequences")
        past.withMemory { past in
            branches!.rows.withMemory { rows in
                for (sequence, branch) in chosen.enumerated() {
                    for position in start..<position {
                        past.copy(
                            place: AttentionKernel.Branches.place(of: position, start: start),
                            of: sequence * count + branch, in: rows, to: position % past.shape.capacity,
                            of: sequence)
                    }
                }
            }
        }
        branches!.start = position
    }

    /// Attention of the next `count` positions of each sequence, at most `block`, which are appended; to branches, no more in
    /// all than fit, one at a time.
    mutating func attend(_ kernel: AttentionKernel, count: Int, on pool: WorkerPool) {
        precondition(count <= Self.block)
        let (position, window) = (position, window)
        self.position += count
        past.withMemory { past in
            guard let (start, length) = branches.map({ ($0.start, $0.length) }) else {
                return kernel.run(count: count, at: position, window: window, past, on: pool)
            }
            precondition(count == 1, "branches go on by one position at a time, not \(count)")
            precondition(position - start < length, "no more than \(length) positions fit a branch")
            let count = branches!.count
            branches!.rows.withMemory {
                kernel.run(
                    AttentionKernel.Branches(count: count, start: start, $0), at: position, window: window,
                    past, on: pool)
            }
        }
    }
}
