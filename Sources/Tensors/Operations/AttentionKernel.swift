internal import CKernels

/// Softmax attention of a block of queries over keys and values in a ring, on raw memory.
///
/// Query i stands at `firstPosition + i`; the key and value of position p lie in row p mod `capacity`. Heads lie
/// side by side in each row.
package struct AttentionKernel {
    package var heads: Int
    package var headDimension: Int
    package var queries: UnsafePointer<Float>
    package var queryStride: Int
    package var keys: UnsafePointer<Float>
    package var values: UnsafePointer<Float>
    package var keyValueStride: Int
    package var output: UnsafeMutablePointer<Float>
    package var outputStride: Int

    package init(
        heads: Int, headDimension: Int, queries: UnsafePointer<Float>, queryStride: Int,
        keys: UnsafePointer<Float>, values: UnsafePointer<Float>, keyValueStride: Int,
        output: UnsafeMutablePointer<Float>, outputStride: Int
    ) {
        self.heads = heads
        self.headDimension = headDimension
        self.queries = queries
        self.queryStride = queryStride
        self.keys = keys
        self.values = values
        self.keyValueStride = keyValueStride
        self.output = output
        self.outputStride = outputStride
    }

    /// Each query sees the `window` positions up to its own.
    package func causal(count: Int, firstPosition: Int, window: Int, capacity: Int, on pool: WorkerPool) {
        run(
            count: count, firstPosition: firstPosition, window: window, capacity: capacity, keyEnd: 0,
            visible: min(window, firstPosition + count), on: pool)
    }

    /// Each query sees all `count` positions.
    package func full(count: Int, on pool: WorkerPool) {
        guard count > 0 else { return }
        run(
            count: count, firstPosition: 0, window: 0, capacity: count, keyEnd: count, visible: count,
            on: pool)
    }

    private func run(
        count: Int, firstPosition: Int, window: Int, capacity: Int, keyEnd: Int, visible: Int,
        on pool: WorkerPool
    ) {
        let task = audiolm_attention(
            q: queries, q_stride: queryStride, k: keys, v: values, kv_stride: keyValueStride, y: output,
            y_stride: outputStride, head_dim: headDimension, first_position: firstPosition,
            oldest_position: 0,
            key_end: keyEnd, window: window, capacity: capacity,
            score_scale: Float(1 / Double(headDimension).squareRoot()))
        let tile = 16
        let tiles = (count + tile - 1) / tile
        // Attention of one query over a short past is less work than handing it out.
        let grouped = count * visible * headDimension < 1 << 14 ? heads : 1
        withUnsafePointer(to: task) { task in
            pool.run(heads / grouped * tiles) { index in
                let (headGroup, block) = index.quotientAndRemainder(dividingBy: tiles)
                withUnsafeTemporaryAllocation(of: Float.self, capacity: visible) { scores in
                    guard let scratch = scores.baseAddress else { return }
                    kernels.pointee.attention(
                        task, block * tile, min((block + 1) * tile, count), headGroup * grouped,
                        (headGroup + 1) * grouped, scratch)
                }
            }
        }
    }
}

extension Tensor {
    /// Turns the heads that lie from column `start` on in each row by `cosines` and `sines`
    /// `[rows, headDimension / 2]`.
    package mutating func rotate(
        heads: Int, headDimension: Int, from start: Int = 0, cosines: Tensor, sines: Tensor
    ) {
        precondition(cosines.shape == [rows, headDimension / 2] && sines.shape == cosines.shape)
        precondition(start + heads * headDimension <= columns)
        let (rows, columns) = (rows, columns)
        cosines.withPointer { cosines in
            sines.withPointer { sines in
                withMutablePointer {
                    kernels.pointee.rope($0 + start, rows, columns, heads, headDimension, cosines, sines)
                }
            }
        }
    }
}
