package import Tensors

/// Multi-head self-attention with rotary positions: `[rows, width]` → `[rows, width]`.
///
/// Keys: `qkv` [3 · width, width] (queries, then keys, then values, heads side by side in each), `out`
/// [width, width].
package struct Attention: Sendable {
    package let width: Int
    package let heads: Int
    private let qkv: Linear
    private let out: Linear

    package var headDimension: Int { width / heads }

    /// Queries, keys and values, and what attention makes of them: memory that is kept from step to step.
    package struct Buffers: Sendable {
        fileprivate var projected: Tensor
        fileprivate var mixed: Tensor
    }

    package init(_ width: Int, heads: Int, bias: Bool, from weights: WeightScope) throws {
        precondition(heads > 0 && width % heads == 0, "\(heads) heads do not divide \(width) channels")
        self.width = width
        self.heads = heads
        qkv = try Linear(width, 3 * width, bias: bias, from: weights["qkv"])
        out = try Linear(width, width, bias: bias, from: weights["out"])
    }

    package func makeBuffers() -> Buffers {
        Buffers(projected: Tensor([0, 3 * width]), mixed: Tensor([0, width]))
    }

    /// Causal attention of the next positions, which `cache` receives; each sees the `cache.window` positions up
    /// to itself. One position at a time or many at once give the same result, bit for bit, and so do one sequence
    /// alone or several in step.
    /// - Parameters:
    ///   - x: the next positions, sequence by sequence.
    ///   - y: of the shape of `x`.
    ///   - rotary: the turns of exactly these positions, from `cache.position` on.
    package func callAsFunction(
        _ x: Tensor, into y: inout Tensor, rotary: RotaryTable, cache: inout KVCache,
        _ buffers: inout Buffers, on pool: WorkerPool
    ) {
        let positions = x.rows / cache.sequences
        precondition(cache.heads == heads, "a cache of \(cache.heads) heads for \(heads)")
        precondition(
            rotary.positions == cache.position..<(cache.position + positions),
            "rotary positions \(rotary.positions) for \(positions) positions at \(cache.position)")
        buffers.projected.setRows(x.rows)
        qkv(x, into: &buffers.projected, on: pool)
        buffers.mixed.setRows(x.rows)
        rotary.withTurns { cosines, sines in
            buffers.projected.withMutablePointer { projected in
                buffers.mixed.withMutablePointer { target in
                    for start in stride(from: 0, to: positions, by: KVCache.block) {
                        let turn = start * headDimension / 2
                        let kernel = AttentionKernel(
                            sequences: cache.pastSequences, heads: heads, headDimension: headDimension,
                            projected: projected + start * 3 * width, sequenceStride: positions * 3 * width,
                            cosines: cosines + turn, sines: sines + turn, output: target + start * width,
                            outputSequenceStride: positions * width)
                        cache.attend(kernel, count: min(KVCache.block, positions - start), on: pool)
                    }
                }
            }
        }
        out(buffers.mixed, into: &y, on: pool)
    }

    /// The same as a tensor of its own.
    package func callAsFunction(
        _ x: Tensor, rotary: RotaryTable, cache: inout KVCache, on pool: WorkerPool
    ) -> Tensor {
        var y = Tensor(uninitialized: x.shape)
        var buffers = makeBuffers()
        self(x, into: &y, rotary: rotary, cache: &cache, &buffers, on: pool)
        return y
    }

    /// Attention of the rows from `first` on over all rows, into `y` `[rows − first, width]`.
    package func full(
        _ x: Tensor, from first: Int = 0, into y: inout Tensor, rotary: RotaryTable,
        _ buffers: inout Buffers, on pool: WorkerPool
    ) {
        precondition(rotary.positions.count == x.rows, "rotary positions do not match \(x.rows) rows")
        project(x, rotary, &buffers, on: pool)
        buffers.mixed.setRows(x.rows - first)
        let (rows, width) = (x.rows, width)
        buffers.projected.withPointer { source in
            buffers.mixed.withMutablePointer { target in
                FullAttention(
                    heads: heads, headDimension: headDimension, queries: source + first * 3 * width,
                    keys: source + width, values: source + 2 * width, stride: 3 * width, output: target,
                    outputStride: width, rounding: qkv.matrix.rounding
                ).run(count: rows - first, seen: rows, on: pool)
            }
        }
        out(buffers.mixed, into: &y, on: pool)
    }

    /// Attention of all rows over all rows.
    package func full(_ x: Tensor, rotary: RotaryTable, on pool: WorkerPool) -> Tensor {
        var y = Tensor(uninitialized: x.shape)
        var buffers = makeBuffers()
        full(x, into: &y, rotary: rotary, &buffers, on: pool)
        return y
    }

    /// Queries, keys and values, the first two turned by their positions.
    private func project(
        _ x: Tensor, _ rotary: RotaryTable, _ buffers: inout Buffers, on pool: WorkerPool
    ) {
        buffers.projected.setRows(x.rows)
        qkv(x, into: &buffers.projected, on: pool)
        buffers.projected.rotate(
            heads: 2 * heads, headDimension: headDimension, cosines: rotary.cosines, sines: rotary.sines)
    }
}
