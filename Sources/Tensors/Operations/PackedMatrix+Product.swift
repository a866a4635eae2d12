internal import CKernels

extension PackedMatrix {
    /// x · Wᵀ (+ bias): `[rows, inputs]` → `[rows, outputs]`.
    package func apply(_ x: Tensor, on pool: WorkerPool) -> Tensor {
        precondition(x.columns == inputs, "input \(x.shape) for a matrix of \(inputs) inputs")
        return apply(x, rows: x.count / max(inputs, 1), stride: inputs, on: pool)
    }

    /// The product into `y` `[rows, outputs]`, whose elements need not be defined before.
    package func apply(_ x: Tensor, into y: inout Tensor, on pool: WorkerPool) {
        precondition(x.columns == inputs, "input \(x.shape) for a matrix of \(inputs) inputs")
        apply(columnsOf: x, into: &y, on: pool)
    }

    /// The same of the first `inputs` columns of `x`.
    package func apply(columnsOf x: Tensor, into y: inout Tensor, on pool: WorkerPool) {
        precondition(
            x.columns >= inputs && y.columns == outputs && x.rows == y.rows,
            "\(x.shape) into \(y.shape) by a matrix of \(inputs) inputs and \(outputs) outputs")
        let (rows, stride) = (x.rows, x.columns)
        y.withMutablePointer { target in
            x.withPointer {
                apply($0, rows: rows, stride: stride, into: target, outputStride: outputs, on: pool)
            }
        }
    }

    /// The product for `rows` windows of `inputs` consecutive elements of `x`, each `stride` elements after the
    /// one before. A convolution over `[frames, channels]` is the product with `inputs = taps · channels`.
    package func apply(_ x: Tensor, rows: Int, stride: Int, on pool: WorkerPool) -> Tensor {
        precondition(rows == 0 || (rows - 1) * stride + inputs <= x.count, "windows reach past the input")
        var y = Tensor(uninitialized: [rows, outputs])
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
        guard rows > 0, outputs > 0 else { return }
        switch format {
        case .float32, .bfloat16:
            applyFloats(x, rows: rows, stride: stride, into: y, outputStride: outputStride, on: pool)
        case .int8:
            applyFixedPoint(x, rows: rows, stride: stride, into: y, outputStride: outputStride, on: pool)
        }
        withExtendedLifetime(storage) {}
    }

    private func applyFloats(
        _ x: UnsafePointer<Float>, rows: Int, stride: Int, into y: UnsafeMutablePointer<Float>,
        outputStride: Int, on pool: WorkerPool
    ) {
        let product = audiolm_gemm(
            x: x, x_stride: stride, panels: UnsafeRawPointer(storage.pointer), scale: storage.scale,
            bias: storage.bias, y: y, y_stride: outputStride, inner: inputs, outputs: outputs)
        let kernel = format == .float32 ? kernels.pointee.gemm_f32 : kernels.pointee.gemm_bf16
        withUnsafePointer(to: product) { product in
            tiles(rows: rows, leastPanels: 8, on: pool) { kernel(product, $0) }
        }
    }

    /// By way of rows in fixed point.
    private func applyFixedPoint(
        _ x: UnsafePointer<Float>, rows: Int, stride: Int, into y: UnsafeMutablePointer<Float>,
        outputStride: Int, on pool: WorkerPool
    ) {
        guard let sums = storage.sums, let scale = storage.scale else { return }
        let group = 16
        let groups = (rows + group - 1) / group
        let scaleBytes = (rows * MemoryLayout<Float>.stride + 63) / 64 * 64
        let numberBytes = rounding == .sixteenBits ? 2 : 1
        let kernel = rounding == .sixteenBits ? kernels.pointee.gemm_i8 : kernels.pointee.gemm_i7
        pool.scratch.with(byteCount: scaleBytes + groups * group * numberBytes * paddedInputs) { memory in
            let scales = memory.assumingMemoryBound(to: Float.self)
            pool.run(groups) {
                round(
                    x, rows: $0 * group..<min(($0 + 1) * group, rows), stride: stride,
                    into: memory + scaleBytes, scales)
            }
            let product = audiolm_gemm_i8(
                x: memory + scaleBytes, x_scale: scales,
                panels: UnsafePointer(storage.pointer.assumingMemoryBound(to: Int8.self)),
                sums: sums, scale: scale, bias: storage.bias, y: y, y_stride: outputStride,
                inner: paddedInputs, outputs: outputs)
            withUnsafePointer(to: product) { product in
                tiles(rows: rows, leastPanels: 1, on: pool) { kernel(product, $0) }
            }
        }
    }

    /// Rounds rows of inputs.
    private func round(
        _ x: UnsafePointer<Float>, rows: Range<Int>, stride: Int, into numbers: UnsafeMutableRawPointer,
        _ scales: UnsafeMutablePointer<Float>
    ) {
        switch rounding {
        case .sixteenBits:
            var task = audiolm_fixed_point(
                x: x, x_stride: stride, count: inputs, inner: paddedInputs, fixed: numbers, scale: scales)
            kernels.pointee.fixed_point(&task, rows.lowerBound, rows.upperBound)
        case .sevenBits:
            var task = audiolm_seven_bits(
                x: x, x_stride: stride, count: inputs, inner: paddedInputs,
                rounded: numbers.assumingMemoryBound(to: UInt8.self), scale: scales, kept: nil, lost: nil)
            kernels.pointee.seven_bits(&task, rows.lowerBound, rows.upperBound)
        }
    }

    /// Cuts a product: for a few rows into as many tiles as there are threads, so that each reads weights in one go from
    /// memory, or into fewer of 16 K weights at least, to outweigh handing them out.
    private func tiles(
        rows: Int, leastPanels: Int, on pool: WorkerPool, _ body: (audiolm_tile) -> Void
    ) {
        let panels = panelCount
        let share = (panels + pool.threadCount - 1) / pool.threadCount
        let narrow = max(share, (1 << 14) / max(inputs * panelWidth, 1))
        let (rowTile, panelTile) =
            rows <= 16
            ? (rows, max(leastPanels, (narrow + leastPanels - 1) / leastPanels * leastPanels))
            : (96, 64 / panelWidth)
        let rowTiles = (rows + rowTile - 1) / rowTile
        let panelTiles = (panels + panelTile - 1) / panelTile
        pool.run(rowTiles * panelTiles) { index in
            let (panelIndex, rowIndex) = index.quotientAndRemainder(dividingBy: rowTiles)
            body(
                audiolm_tile(
                    row_begin: rowIndex * rowTile, row_end: min((rowIndex + 1) * rowTile, rows),
                    panel_begin: panelIndex * panelTile,
                    panel_end: min((panelIndex + 1) * panelTile, panels)))
        }
    }
}
