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

    package init(_ width: Int, heads: Int, bias: Bool, from weights: WeightScope) throws {
        precondition(heads > 0 && width % heads == 0, "\(heads) heads do not divide \(width) channels")
        self.width = width
        self.heads = heads
        qkv = try Linear(width, 3 * width, bias: bias, from: weights["qkv"])
        out = try Linear(width, width, bias: bias, from: weights["out"])
    }

    /// Causal attention of the next positions, which `cache` receives; each sees the `cache.window` positions up
    /// to itself. One position at a time or many at once give the same result, bit for bit.
    /// - Parameter rotary: the turns of exactly these positions, from `cache.position` on.
    package func callAsFunction(
        _ x: Tensor, rotary: RotaryTable, cache: inout KVCache, on pool: WorkerPool
    ) -> Tensor {
        precondition(
            rotary.positions == cache.position..<(cache.position + x.rows),
            "rotary positions \(rotary.positions) for \(x.rows) rows at \(cache.position)")
        let projected = project(x, rotary, on: pool)
        var mixed = Tensor(uninitialized: [x.rows, width])
        let (rows, width) = (x.rows, width)
        projected.withPointer { source in
            mixed.withMutablePointer { target in
                for start in stride(from: 0, to: rows, by: KVCache.block) {
                    let count = min(KVCache.block, rows - start)
                    let queries = source + start * 3 * width
                    let first = cache.position
                    cache.append(
                        queries, count: count, stride: 3 * width, keyOffset: width, valueOffset: 2 * width)
                    cache.keys.withPointer { keys in
                        cache.values.withPointer { values in
                            AttentionKernel(
                                heads: heads, headDimension: headDimension, queries: queries,
                                queryStride: 3 * width, keys: keys, values: values, keyValueStride: width,
                                output: target + start * width, outputStride: width
                            ).causal(
                                count: count, firstPosition: first, window: cache.window,
                                capacity: cache.capacity, on: pool)
                        }
                    }
                }
            }
        }
        return out(mixed, on: pool)
    }

    /// Attention of all rows over all rows.
    package func full(_ x: Tensor, rotary: RotaryTable, on pool: WorkerPool) -> Tensor {
        precondition(rotary.positions.count == x.rows, "rotary positions do not match \(x.rows) rows")
        let projected = project(x, rotary, on: pool)
        var mixed = Tensor(uninitialized: [x.rows, width])
        let (rows, width) = (x.rows, width)
        projected.withPointer { source in
            mixed.withMutablePointer { target in
                AttentionKernel(
                    heads: heads, headDimension: headDimension, queries: source, queryStride: 3 * width,
                    keys: source + width, values: source + 2 * width, keyValueStride: 3 * width,
                    output: target,
                    outputStride: width
                ).full(count: rows, on: pool)
            }
        }
        return out(mixed, on: pool)
    }

    /// Queries, keys and values, the first two turned by their positions.
    private func project(_ x: Tensor, _ rotary: RotaryTable, on pool: WorkerPool) -> Tensor {
        var projected = qkv(x, on: pool)
        projected.rotate(
            heads: 2 * heads, headDimension: headDimension, cosines: rotary.cosines, sines: rotary.sines)
        return projected
    }
}
