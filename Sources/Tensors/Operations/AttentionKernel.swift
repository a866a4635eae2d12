internal import CKernels

/// Causal softmax attention of a block of queries over keys and values in a ring, on raw memory.
///
/// Query i stands at `firstPosition + i`; the key and value of position p lie in row p mod `capacity`. The queries'
/// heads lie side by side in each row, those of keys and values one ring after the other.
package struct AttentionKernel {
    package var heads: Int
    package var headDimension: Int
    package var queries: UnsafePointer<Float>
    package var queryStride: Int
    /// `[heads, capacity, headDimension]`
    package var keys: UnsafePointer<Float>
    package var values: UnsafePointer<Float>
    package var capacity: Int
    package var output: UnsafeMutablePointer<Float>
    package var outputStride: Int

    package init(
        heads: Int, headDimension: Int, queries: UnsafePointer<Float>, queryStride: Int,
        keys: UnsafePointer<Float>, values: UnsafePointer<Float>, capacity: Int,
        output: UnsafeMutablePointer<Float>, outputStride: Int
    ) {
        self.heads = heads
        self.headDimension = headDimension
        self.queries = queries
        self.queryStride = queryStride
        self.keys = keys
        self.values = values
        self.capacity = capacity
        self.output = output
        self.outputStride = outputStride
    }

    /// Each query sees the `window` positions up to its own.
    package func run(count: Int, firstPosition: Int, window: Int, on pool: WorkerPool) {
        let task = audiolm_attention(
            q: queries, q_stride: queryStride, k: keys, v: values, y: output, y_stride: outputStride,
            head_dim: headDimension, first_position: firstPosition, window: window, capacity: capacity,
            score_scale: Float(1 / Double(headDimension).squareRoot()))
        let visible = min(window, firstPosition + count)
        let tile = 16
        let tiles = (count + tile - 1) / tile
        // Attention of one query over a short past is less work than handing it out.
        let grouped = count * visible * headDimension < 1 << 14 ? heads : 1
        withUnsafePointer(to: task) { task in
            pool.run(heads / grouped * tiles) { index in
                let (headGroup, block) = index.quotientAndRemainder(dividingBy: tiles)
                pool.scratch.with(byteCount: visible * MemoryLayout<Float>.stride) { scores in
                    kernels.pointee.attention(
                        task, block * tile, min((block + 1) * tile, count), headGroup * grouped,
                        (headGroup + 1) * grouped, scores.assumingMemoryBound(to: Float.self))
                }
            }
        }
    }
}
