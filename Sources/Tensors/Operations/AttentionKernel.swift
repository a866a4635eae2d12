internal import CKernels

/// Causal softmax attention with rotary positions of the next positions of each of several sequences, which it adds to the
/// past that they see, on raw memory.
package struct AttentionKernel {
    package var sequences: Int
    package var heads: Int
    package var headDimension: Int
    /// Of each position queries, then keys, then values, heads side by side in each; queries and keys are turned in place.
    package var projected: UnsafeMutablePointer<Float>
    /// Numbers from a sequence's first position to the next one's.
    package var sequenceStride: Int
    /// Of the positions, `[count, headDimension / 2]`.
    package var cosines: UnsafePointer<Float>
    package var sines: UnsafePointer<Float>
    /// Of each position, heads side by side.
    package var output: UnsafeMutablePointer<Float>
    package var outputSequenceStride: Int

    package init(
        sequences: Int, heads: Int, headDimension: Int, projected: UnsafeMutablePointer<Float>,
        sequenceStride: Int, cosines: UnsafePointer<Float>, sines: UnsafePointer<Float>,
        output: UnsafeMutablePointer<Float>, outputSequenceStride: Int
    ) {
        self.sequences = sequences
        self.heads = heads
        self.headDimension = headDimension
        self.projected = projected
        self.sequenceStride = sequenceStride
        self.cosines = cosines
        self.sines = sines
        self.output = output
        self.outputSequenceStride = outputSequenceStride
    }

    private var width: Int { heads * headDimension }

    /// Queries that are handed out together.
    private static let tile = 16
    /// Numbers of keys that heads which are handed out together see at least: handing out is work, too.
    private static let leastNumbers = 1 << 15

    /// Each of `count` positions of a sequence, the first of which is `position`, sees the `window` positions up to its own.
    package func run(count: Int, at position: Int, window: Int, _ past: KeyValueMemory, on pool: WorkerPool) {
        let together = headsTogether(numbers: count * min(window, position + count) * headDimension, on: pool)
        let groups = heads / together
        let tiles = (count + Self.tile - 1) / Self.tile
        // As much at every step, for a past that grows.
        let scratch = audiolm_attention_scratch(window, past.past(from: 0).width)
        if tiles > 1 {
            pool.run(sequences * groups) { index in
                let (sequence, group) = index.quotientAndRemainder(dividingBy: groups)
                append(
                    count, of: sequence, heads: group * together..<(group + 1) * together, at: position, past)
            }
        }
        pool.run(sequences * groups * tiles) { index in
            let (group, tile) = index.quotientAndRemainder(dividingBy: tiles)
            let (sequence, heads) = group.quotientAndRemainder(dividingBy: groups)
            if tiles == 1 {
                append(
                    count, of: sequence, heads: heads * together..<(heads + 1) * together, at: position, past)
            }
            var task = task(of: sequence, at: position, window: window, past)
            pool.scratch.with(byteCount: scratch) {
                kernels.pointee.attention(
                    &task, tile * Self.tile, min((tile + 1) * Self.tile, count), heads * together,
                    (heads + 1) * together, $0)
            }
        }
    }

    /// How many heads to hand out together, each of which sees so many numbers of keys: such that all threads have as many
    /// and enough to be worth it, or where that cannot be, no more than are just enough.
    private func headsTogether(numbers: Int, on pool: WorkerPool) -> Int {
        let enough = max(min(Self.leastNumbers / max(numbers, 1), heads), 1)
        let choices = (1...heads).lazy.filter { heads % $0 == 0 }
        return choices.first { $0 >= enough && sequences * (heads / $0) % pool.threadCount == 0 }
            ?? choices.last { $0 <= enough } ?? 1
    }

    /// What branches of each sequence have of their own, from the position `start` on.
    package struct Branches {
        /// Of each sequence.
        let count: Int
        let start: Int
        /// Of all branches of the first sequence, then of the next one's.
        let memory: KeyValueMemory

        package init(count: Int, start: Int, _ memory: KeyValueMemory) {
            self.count = count
            self.start = start
            self.memory = memory
        }

        /// Where the row of a position is: in the same place of its block as in the past.
        package static func place(of position: Int, start: Int) -> Int {
            position - start + start % KeyValueRows.Shape.block
        }
    }

    /// One position of each branch, the same of all, sees the `window` positions up to its own. Branches lie as far apart as
    /// sequences.
    package func run(
        _ branches: Branches, at position: Int, window: Int, _ past: KeyValueMemory, on pool: WorkerPool
    ) {
        let scratch = audiolm_attention_scratch(window, past.past(from: 0).width)
        let place = Branches.place(of: position, start: branches.start)
        pool.run(sequences * heads) { index in
            let (sequence, head) = index.quotientAndRemainder(dividingBy: heads)
            let first = sequence * branches.count
            for branch in first..<first + branches.count {
                append(1, of: branch, heads: head..<head + 1, at: place, branches.memory)
            }
            var shared = task(of: sequence, at: position, window: window, past)
            shared.q = UnsafePointer(projected + first * sequenceStride)
            shared.q_stride = sequenceStride
            shared.y = output + first * outputSequenceStride
            shared.y_stride = outputSequenceStride
            var task = audiolm_branched_attention(
                shared: shared, own: branches.memory.past(from: first), heads: heads,
                branched: branches.start)
            pool.scratch.with(byteCount: scratch) {
                kernels.pointee.branched_attention(&task, 0, branches.count, head, head + 1, $0)
            }
        }
    }

    /// Turns queries and keys of some heads, and sets the rows from `place` on to keys and values.
    private func append(
        _ count: Int, of sequence: Int, heads: Range<Int>, at place: Int, _ memory: KeyValueMemory
    ) {
        var past = memory.past(from: sequence)
        let rows = projected + sequence * sequenceStride + heads.lowerBound * headDimension
        kernels.pointee.rope(rows, count, 3 * width, heads.count, headDimension, cosines, sines)
        kernels.pointee.rope(rows + width, count, 3 * width, heads.count, headDimension, cosines, sines)
        for (index, head) in heads.enumerated() {
            let keys = rows + width + index * headDimension
            kernels.pointee.remember(
                &past, head, place, count, keys, keys + width, 3 * width, headDimension)
        }
    }

    private func task(of sequence: Int, at position: Int, window: Int, _ past: KeyValueMemory)
        -> audiolm_attention
    {
        audiolm_attention(
            q: UnsafePointer(projected + sequence * sequenceStride), q_stride: 3 * width,
            past: past.past(from: sequence), y: output + sequence * outputSequenceStride, y_stride: width,
            head_dim: headDimension, first_position: position, window: window,
            score_scale: Float(1 / Double(headDimension).squareRoot()))
    }
}
