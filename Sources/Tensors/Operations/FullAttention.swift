internal import CKernels

/// Softmax attention of many queries that all see the same keys, on raw memory. Heads lie side by side in each row.
package struct FullAttention {
    package var heads: Int
    package var headDimension: Int
    package var queries: UnsafePointer<Float>
    package var keys: UnsafePointer<Float>
    package var values: UnsafePointer<Float>
    /// Numbers from a query, key or value to the next.
    package var stride: Int
    package var output: UnsafeMutablePointer<Float>
    package var outputStride: Int
    /// As of the inputs of matrices: of sixteen bits is attention in floats, as products of matrices; of seven that from bytes,
    /// see `AttentionKernel`.
    package var rounding: InputRounding

    /// Queries whose scores are in memory at a time.
    private static let tile = 48
    private static let lanes = Int(AUDIOLM_LANES)

    package init(
        heads: Int, headDimension: Int, queries: UnsafePointer<Float>, keys: UnsafePointer<Float>,
        values: UnsafePointer<Float>, stride: Int, output: UnsafeMutablePointer<Float>, outputStride: Int,
        rounding: InputRounding
    ) {
        self.heads = heads
        self.headDimension = headDimension
        self.queries = queries
        self.keys = keys
        self.values = values
        self.stride = stride
        self.output = output
        self.outputStride = outputStride
        self.rounding = rounding
    }

    /// Each of `count` queries sees all of `seen` keys.
    package func run(count: Int, seen: Int, on pool: WorkerPool) {
        guard count > 0, seen > 0 else { return }
        switch rounding {
        case .sixteenBits: runInFloats(count: count, seen: seen, on: pool)
        case .sevenBits: runInBytes(count: count, seen: seen, on: pool)
        }
    }

    private func runInBytes(count: Int, seen: Int, on pool: WorkerPool) {
        let shape = KeyValueRows.Shape(heads: 1, headDimension: headDimension, positions: seen)
        let pastBytes = KeyValueMemory.byteCount(sequences: 1, shape)
        let scratch = audiolm_attention_scratch(seen, shape.width)
        pool.run(heads) { head in
            pool.scratch.with(byteCount: pastBytes + scratch) { memory in
                var past = KeyValueMemory(sequences: 1, shape: shape, pointer: memory).past(from: 0)
                let offset = head * headDimension
                kernels.pointee.remember(
                    &past, 0, 0, seen, keys + offset, values + offset, stride, headDimension)
                var task = audiolm_attention(
                    q: queries + offset, q_stride: stride, past: past, y: output + offset,
                    y_stride: outputStride, head_dim: headDimension, first_position: seen, window: 0,
                    score_scale: Float(1 / Double(headDimension).squareRoot()))
                kernels.pointee.attention(&task, 0, count, 0, 1, memory + pastBytes)
            }
        }
    }

    private func runInFloats(count: Int, seen: Int, on pool: WorkerPool) {
        let (keyLanes, valueLanes) = (Self.padded(seen), Self.padded(headDimension))
        let sizes = (
            keys: keyLanes * headDimension, values: valueLanes * seen, scale: keyLanes,
            scores: Self.tile * seen
        )
        pool.run(heads) { head in
            pool.scratch.with(byteCount: 4 * (sizes.keys + sizes.values + sizes.scale + sizes.scores)) {
                let keyPanels = $0.assumingMemoryBound(to: Float.self)
                let valuePanels = keyPanels + sizes.keys
                let scale = valuePanels + sizes.values
                let scores = scale + sizes.scale
                packKeys(head, seen, into: keyPanels)
                packValues(head, seen, into: valuePanels)
                scale.update(
                    repeating: Float(1 / Double(headDimension).squareRoot()), count: sizes.scale)
                for first in Swift.stride(from: 0, to: count, by: Self.tile) {
                    let rows = min(Self.tile, count - first)
                    multiply(
                        queries + first * stride + head * headDimension, stride, by: keyPanels, scale: scale,
                        into: scores, seen, inner: headDimension, outputs: seen, rows: rows)
                    kernels.pointee.softmax(scores, rows, seen)
                    multiply(
                        scores, seen, by: valuePanels, scale: nil,
                        into: output + first * outputStride + head * headDimension, outputStride,
                        inner: seen, outputs: headDimension, rows: rows)
                }
            }
        }
    }

    private static func padded(_ count: Int) -> Int { (count + lanes - 1) / lanes * lanes }

    private func multiply(
        _ x: UnsafePointer<Float>, _ xStride: Int, by panels: UnsafePointer<Float>,
        scale: UnsafePointer<Float>?, into y: UnsafeMutablePointer<Float>, _ yStride: Int, inner: Int,
        outputs: Int, rows: Int
    ) {
        var product = audiolm_gemm(
            x: x, x_stride: xStride, panels: panels, scale: scale, bias: nil, y: y, y_stride: yStride,
            inner: inner, outputs: outputs)
        kernels.pointee.gemm_f32(
            &product,
            audiolm_tile(
                row_begin: 0, row_end: rows, panel_begin: 0, panel_end: Self.padded(outputs) / Self.lanes))
    }

    /// A head's keys as the weights of a product whose outputs are the keys.
    private func packKeys(_ head: Int, _ seen: Int, into panels: UnsafeMutablePointer<Float>) {
        let (lanes, dimension) = (Self.lanes, headDimension)
        for key in 0..<Self.padded(seen) {
            let (panel, lane) = key.quotientAndRemainder(dividingBy: lanes)
            let target = panels + panel * dimension * lanes + lane
            if key < seen {
                let source = keys + key * stride + head * dimension
                for i in 0..<dimension { target[i * lanes] = source[i] }
            } else {
                for i in 0..<dimension { target[i * lanes] = 0 }
            }
        }
    }

    /// A head's values as the weights of a product whose inputs are the keys.
    private func packValues(_ head: Int, _ seen: Int, into panels: UnsafeMutablePointer<Float>) {
        let lanes = Self.lanes
        for first in Swift.stride(from: 0, to: headDimension, by: lanes) {
            let width = min(lanes, headDimension - first)
            for key in 0..<seen {
                let target = panels + (first / lanes * seen + key) * lanes
                target.update(from: values + key * stride + head * headDimension + first, count: width)
                if width < lanes { (target + width).update(repeating: 0, count: lanes - width) }
            }
        }
    }
}
