internal import CKernels

extension PackedMatrix {
    /// x · Wᵀ (+ bias): `[rows, inputs]` → `[rows, outputs]`.
    package func apply(_ x: Tensor, on pool: WorkerPool) -> Tensor {
        precondition(x.columns == inputs, "input \(x.shape) for a matrix of \(inputs) inputs")
        return apply(x, rows: x.count / max(inputs, 1), stride: inputs, on: pool)
    }

    /// The product for `rows` windows of `inputs` consecutive elements of `x`, each `stride` elements after the
    /// one before. A convolution over `[frames, channels]` is the product with `inputs = taps · channels`.
    package func apply(_ x: Tensor, rows: Int, stride: Int, on pool: WorkerPool) -> Tensor {
        precondition(rows == 0 || (rows - 1) * stride + inputs <= x.count, "windows reach past the input")
        var y = Tensor(uninitialized: [rows, outputs])
        guard rows > 0, outputs > 0 else { return y }
        y.withMutablePointer { target in
            x.withPointer { source in
                apply(source, rows: rows, stride: stride, into: target, outputStride: outputs, on: pool)
            }
        }
        return y
    }

    /// The product on raw memory. Work is cut into tiles of rows and panels; the result of an element does not
    /// depend on the tiles.
    package func apply(
        _ x: UnsafePointer<Float>, rows: Int, stride: Int, into y: UnsafeMutablePointer<Float>,
        outputStride: Int, on pool: WorkerPool
    ) {
        let product = audiolm_gemm(
            x: x, x_stride: stride, panels: UnsafeRawPointer(storage.pointer), scale: storage.scale,
            bias: storage.bias, y: y, y_stride: outputStride, inner: inputs, outputs: outputs)
        let kernel =
            switch format {
            case .float32: kernels.pointee.gemm_f32
            case .bfloat16: kernels.pointee.gemm_bf16
            case .int8: kernels.pointee.gemm_i8
            }
        let panels = panelCount
        let (rowTile, panelTile) = rows <= 16 ? (rows, Self.narrowTile(inputs)) : (96, 4)
        let rowTiles = (rows + rowTile - 1) / rowTile
        let panelTiles = (panels + panelTile - 1) / panelTile
        withUnsafePointer(to: product) { product in
            pool.run(rowTiles * panelTiles) { index in
                let (panelIndex, rowIndex) = index.quotientAndRemainder(dividingBy: rowTiles)
                kernel(
                    product,
                    audiolm_tile(
                        row_begin: rowIndex * rowTile, row_end: min((rowIndex + 1) * rowTile, rows),
                        panel_begin: panelIndex * panelTile,
                        panel_end: min((panelIndex + 1) * panelTile, panels)))
            }
        }
        withExtendedLifetime(storage) {}
    }

    /// Panels of one tile for a few rows: a multiple of 8, about 32 K weights, to outweigh handing it out.
    private static func narrowTile(_ inputs: Int) -> Int {
        let panels = (1 << 15) / max(inputs * panelWidth, 1)
        return max(8, panels / 8 * 8)
    }
}
