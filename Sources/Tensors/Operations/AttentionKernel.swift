internal import CKernels

/// Causal softmax attention of a block of queries of each of several sequences over keys and values in rings, on raw
/// memory.
///
/// A sequence's query i stands at `firstPosition + i`; the key and value of position p lie in row p mod `capacity`. The
/// queries' heads lie side by side in each row, those of keys and values one ring after the other.
package struct AttentionKernel {
    package var sequences: Int
    package var heads: Int
    package var headDimension: Int
    package var queries: UnsafePointer<Float>
    package var queryStride: Int
    /// Numbers from a sequence's first query to the next one's.
    package var querySequenceStride: Int
    /// `[sequences, heads, capacity, headDimension]`, the bits of half-precision floats.
    package var keys: UnsafePointer<UInt16>
    package var values: UnsafePointer<UInt16>
    package var capacity: Int
    package var output: UnsafeMutablePointer<Float>
    package var outputStride: Int
    package var outputSequenceStride: Int

    package init(
        sequences: Int, heads: Int, headDimension: Int, queries: UnsafePointer<Float>, queryStride: Int,
        querySequenceStride: Int, keys: UnsafePointer<UInt16>, values: UnsafePointer<UInt16>, capacity: Int,
        output: UnsafeMutablePointer<Float>, outputStride: Int, outputSequenceStride: Int
    ) {
        self.sequences = sequences
        self.heads = heads
        self.headDimension = headDimension
        self.queries = queries
        self.queryStride = queryStride
        self.querySequenceStride = querySequenceStride
        self.keys = keys
        self.values = values
        self.capacity = capacity
        self.output = output
        self.outputStride = outputStride
        self.outputSequenceStride = outputSequenceStride
    }

    /// Queries that are handed out together.
    private static let tile = 16

    /// Each of `count` queries of a sequence sees the `window` positions up to its own.
    package func run(count: Int, firstPosition: Int, window: Int, on pool: WorkerPool) {
        let visible = min(window, firstPosition + count)
        let tiles = (count + Self.tile - 1) / Self.tile
        // Attention of one query over a short past is less work than handing it out.
        let grouped = count * visible * headDimension < 1 << 14 ? heads : 1
        let groups = heads / grouped
        // As much at every step, for a past that grows.
        let together = Int(AUDIOLM_QUERIES)
        let scratch = together * (window + together) * MemoryLayout<Float>.stride
        pool.run(sequences * groups * tiles) { index in
            let (group, tile) = index.quotientAndRemainder(dividingBy: tiles)
            let (sequence, heads) = group.quotientAndRemainder(dividingBy: groups)
            var task = task(of: sequence, firstPosition: firstPosition, window: window)
            pool.scratch.with(byteCount: scratch) { scores in
                kernels.pointee.attention(
                    &task, tile * Self.tile, min((tile + 1) * Self.tile, count), heads * grouped,
                    (heads + 1) * grouped, scores.assumingMemoryBound(to: Float.self))
            }
        }
    }

    /// What branches of each sequence have of their own, from the position `start` on.
    package struct Branches {
        /// Of each sequence.
        let count: Int
        let start: Int
        /// `[sequences, count, heads, capacity, headDimension]`, position p in row p - `start`.
        let keys: UnsafePointer<UInt16>
        let values: UnsafePointer<UInt16>
        let capacity: Int

        package init(
            count: Int, start: Int, keys: UnsafePointer<UInt16>, values: UnsafePointer<UInt16>, capacity: Int
        ) {
            self.count = count
            self.start = start
            self.keys = keys
            self.values = values
            self.capacity = capacity
        }
    }

    /// One query of each branch, all at `position`, sees the `window` positions up to its own. Queries and outputs lie
    /// branch by branch, as far apart as sequences.
    package func run(_ branches: Branches, position: Int, window: Int, on pool: WorkerPool) {
        let scratch = Int(AUDIOLM_QUERIES) * window * MemoryLayout<Float>.stride
        pool.run(sequences * heads) { index in
            let (sequence, head) = index.quotientAndRemainder(dividingBy: heads)
            let first = sequence * branches.count
            var shared = task(of: sequence, firstPosition: position, window: window)
            shared.q = queries + first * querySequenceStride
            shared.q_stride = querySequenceStride
            shared.y = output + first * outputSequenceStride
            shared.y_stride = outputSequenceStride
            let own = first * heads * branches.capacity * headDimension
            var task = audiolm_branched_attention(
                shared: shared, branch_k: branches.keys + own, branch_v: branches.values + own, heads: heads,
                branched: branches.start, branch_capacity: branches.capacity)
            pool.scratch.with(byteCount: scratch) { scores in
                kernels.pointee.branched_attention(
                    &task, 0, branches.count, head, head + 1, scores.assumingMemoryBound(to: Float.self))
            }
        }
    }

    private func task(of sequence: Int, firstPosition: Int, window: Int) -> audiolm_attention {
        let ring = sequence * heads * capacity * headDimension
        return audiolm_attention(
            q: queries + sequence * querySequenceStride, q_stride: queryStride, k: keys + ring,
            v: values + ring, y: output + sequence * outputSequenceStride, y_stride: outputStride,
            head_dim: headDimension, first_position: firstPosition, window: window, capacity: capacity,
            score_scale: Float(1 / Double(headDimension).squareRoot()))
    }
}
