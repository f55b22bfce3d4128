// Scaled dot-product attention over blocks of queries and keys: the score matrix is never stored as a whole.

/// A bias of scores by the key's cell in a square grid: `rows[query, key / side] + columns[query, key % side]`.
package struct GridBias: Sendable {
    /// `[batch, heads, queries, side]`.
    let rows: NDArray
    /// The same for columns.
    let columns: NDArray
    package init(rows: NDArray, columns: NDArray) {
        precondition(
            rows.rank == 4 && rows.shape == columns.shape,
            "GridBias: rows \(rows.shape), columns \(columns.shape)")
        (self.rows, self.columns) = (rows, columns)
    }

    var side: Int { rows.shape[3] }
}

/// Memory layout of the heads in an array: `[batch, heads, n, d]`, or tokens `[batch, n, heads * d]`.
struct HeadLayout: Sendable {
    let batch: Int, heads: Int, rows: Int, size: Int
    private let batchStride: Int, headStride: Int
    /// Elements from one row of a head to the next.
    let stride: Int

    /// Offset of the first row of the first head, in elements.
    private let origin: Int

    /// - Parameters:
    ///   - heads: nil if the array has a dimension for heads, else the number of heads in the last dimension.
    ///   - part: which of `parts` equal parts of the last dimension holds the heads.
    init(_ shape: [Int], heads: Int?, part: Int = 0, of parts: Int = 1) {
        if let heads {
            precondition(
                shape.count == 3 && heads > 0 && shape[2] % (heads * parts) == 0,
                "attention: \(shape) is not [batch, n, \(parts) * heads * d] with \(heads) heads")
            (batch, self.heads, rows, size) = (shape[0], heads, shape[1], shape[2] / (heads * parts))
            (batchStride, headStride, stride) = (shape[1] * shape[2], size, shape[2])
            origin = part * heads * size
        } else {
            precondition(shape.count == 4, "attention: \(shape) is not [batch, heads, n, d]")
            (batch, self.heads, rows, size) = (shape[0], shape[1], shape[2], shape[3])
            (batchStride, headStride, stride) = (
                shape[1] * shape[2] * shape[3], shape[2] * shape[3], shape[3]
            )
            origin = 0
        }
    }

    /// Start of row `row` of head `head`, counted over the batch.
    func offset(_ head: Int, _ row: Int) -> Int {
        origin + head / heads * batchStride + head % heads * headStride + row * stride
    }
}

/// One attention: operands, sizes and blocking.
package struct Attention: Sendable {
    private let q: NDArray, k: NDArray, v: NDArray, bias: NDArray?
    private let grid: GridBias?
    private let scale: Float
    private let precision: Precision
    private let ql: HeadLayout, kl: HeadLayout, vl: HeadLayout, ol: HeadLayout
    private let outputShape: [Int]
    /// Strides of the bias along batch, head, query and key; 0 where it broadcasts.
    private let biasStrides: [Int]
    /// Queries and keys per block: a block of scores takes at most 512 KiB, so that it stays in L2.
    private let rowBlock: Int, colBlock: Int
    private var heads: Int { ql.batch * ql.heads }

    /// - Parameters:
    ///   - q: `[b, heads, n, d]`, or `[b, n, heads * d]` if `heads` is given; so `k` and `v` with m rows.
    ///   - scale: factor of the scores, usually `1 / sqrt(d)`.
    ///   - bias: added to the scores; broadcasts to `[b, heads, n, m]`. `-infinity` masks a key out.
    ///   - precision: what the factors of both matmuls are rounded to.
    package init(
        q: NDArray, k: NDArray, v: NDArray, heads: Int? = nil, scale: Float, bias: NDArray?,
        precision: Precision = .float32
    ) {
        self.init(
            (q, HeadLayout(q.shape, heads: heads)), (k, HeadLayout(k.shape, heads: heads)),
            (v, HeadLayout(v.shape, heads: heads)), heads: heads, scale: scale, bias: bias, grid: nil,
            precision: precision)
    }

    /// Self-attention of tokens, with all three projections in one array.
    /// - Parameters:
    ///   - qkv: `[b, n, 3 * heads * d]`: queries, keys, values.
    ///   - grid: added to the scores.
    package init(
        qkv: NDArray, heads: Int, scale: Float, bias: NDArray? = nil, grid: GridBias?,
        precision: Precision = .float32
    ) {
        func part(_ index: Int) -> (NDArray, HeadLayout) {
            (qkv, HeadLayout(qkv.shape, heads: heads, part: index, of: 3))
        }
        self.init(
            part(0), part(1), part(2), heads: heads, scale: scale, bias: bias, grid: grid,
            precision: precision)
    }

    private init(
        _ queries: (NDArray, HeadLayout), _ keys: (NDArray, HeadLayout), _ values: (NDArray, HeadLayout),
        heads: Int?, scale: Float, bias: NDArray?, grid: GridBias?, precision: Precision
    ) {
        ((q, ql), (k, kl), (v, vl)) = (queries, keys, values)
        precondition(
            ql.batch == kl.batch && kl.batch == vl.batch && ql.heads == kl.heads && kl.heads == vl.heads
                && kl.rows == vl.rows && ql.size == kl.size,
            "attention: q \(q.shape), k \(k.shape), v \(v.shape)")
        (self.scale, self.bias, self.grid, self.precision) = (scale, bias, grid, precision)
        if let heads {
            outputShape = [ql.batch, ql.rows, heads * vl.size]
        } else {
            outputShape = [ql.batch, ql.heads, ql.rows, vl.size]
        }
        ol = HeadLayout(outputShape, heads: heads)
        let full = [ql.batch, ql.heads, ql.rows, kl.rows]
        if let bias {
            precondition(
                broadcastShape(bias.shape, full, op: "attention bias") == full,
                "attention: bias \(bias.shape) does not broadcast to \(full)")
        }
        if let grid {
            precondition(
                grid.rows.shape == [ql.batch, ql.heads, ql.rows, grid.side]
                    && grid.side * grid.side == kl.rows,
                "attention: grid \(grid.rows.shape) for q \(q.shape), k \(k.shape)")
        }
        biasStrides = bias.map { broadcastStrides($0.shape, to: full) } ?? []
        colBlock = kl.rows <= 1024 ? max(1, kl.rows) : 512
        rowBlock = max(1, min(ql.rows, max(64, min(256, (1 << 17) / colBlock))))
    }

    /// `softmax(scale q kᵀ + bias) v` in the layout of `q`, and the log-sum-exp of every row of scores.
    package func forward() -> (value: NDArray, logSums: NDArray) {
        var logSums = NDArray(shape: [heads, ql.rows]) { _ in }
        let value = logSums.withUnsafeMutableBuffer { sums in
            NDArray.build(outputShape, keeping: q, k, v, bias) { out in
                guard let base = sums.baseAddress, kl.rows > 0 else {
                    // Without keys the result is zero.
                    Kernels.current.fill(out, elementCount(outputShape), 0)
                    sums.update(repeating: .infinity)
                    return
                }
                if ql.rows >= Self.fewQueries || grid != nil {
                    alongQueries(out, base)
                } else {
                    alongKeys(out, base)
                }
            }
        }
        return (value, logSums)
    }

    /// With fewer queries than this, most lanes along queries would be empty.
    private static let fewQueries = 8
    /// Bytes of gathered keys and values in memory at a time.
    private static let held = 24 << 20

    /// Lanes along queries: keys and values are gathered once per head.
    private func alongQueries(_ out: MutablePointer, _ logSums: MutablePointer) {
        let kernels = MatmulKernels.current, keys = kl.rows
        let keyBytes = kernels.keyBytes(precision, size: ql.size, keys: keys)
        let valueBytes = kernels.valueBytes(size: vl.size, keys: keys)
        let group = max(1, min(heads, Self.held / max(1, keyBytes + valueBytes)))
        let gathered = Storage(count: group * (keyBytes + valueBytes) / 4)
        let keyBlocks = (keys + MatmulKernels.keyBlock - 1) / MatmulKernels.keyBlock
        let height = kernels.queryBlock
        let queryBlocks = (ql.rows + height - 1) / height
        nonisolated(unsafe) let (out, logSums) = (out, logSums)
        nonisolated(unsafe) let base = UnsafeMutableRawPointer(gathered.pointer)
        for first in stride(from: 0, to: heads, by: group) {
            let present = min(group, heads - first)
            parallelFor(present * keyBlocks, chunk: max(1, (1 << 15) / (ql.size * MatmulKernels.keyBlock))) {
                range in
                for t in range {
                    let (head, block) = (t / keyBlocks, t % keyBlocks)
                    let rows = base + head * (keyBytes + valueBytes)
                    kernels.gatherKeys(
                        precision, k.pointer + kl.offset(first + head, 0), stride: kl.stride, size: ql.size,
                        keys: keys, block: block, rows)
                    kernels.gatherValues(
                        precision, v.pointer + vl.offset(first + head, 0), stride: vl.stride, size: vl.size,
                        keys: keys, block: block, rows + keyBytes)
                }
            }
            let work = height * keys * (ql.size + vl.size)
            parallelFor(present * queryBlocks, chunk: max(1, (1 << 19) / max(1, work))) { range in
                let scratch = Storage(
                    count: kernels.attentionScratch(
                        size: ql.size, valueSize: vl.size, grid: grid?.side ?? 0))
                for t in range {
                    let (head, begin) = (first + t / queryBlocks, t % queryBlocks * height)
                    let rows = UnsafeRawPointer(base) + t / queryBlocks * (keyBytes + valueBytes)
                    let gridRow = (head * ql.rows + begin) * (grid?.side ?? 0)
                    kernels.attend(
                        AttentionBlock(
                            precision: precision, size: ql.size, valueSize: vl.size, keys: keys,
                            keyRows: rows, valueRows: rows + keyBytes, scale: scale,
                            queries: q.pointer + ql.offset(head, begin), queryStride: ql.stride,
                            queryCount: min(height, ql.rows - begin), result: out + ol.offset(head, begin),
                            resultStride: ol.stride, bias: biasAddress(head, begin, 0),
                            biasQuery: bias == nil ? 0 : biasStrides[2],
                            biasKey: bias == nil ? 0 : biasStrides[3],
                            gridRows: grid.map { $0.rows.pointer + gridRow },
                            gridColumns: grid.map { $0.columns.pointer + gridRow }, grid: grid?.side ?? 0,
                            logSums: logSums + head * ql.rows + begin, scratch: scratch.pointer))
                }
                withExtendedLifetime(scratch) {}
            }
        }
        withExtendedLifetime((gathered, grid)) {}
    }

    /// Lanes along keys.
    private func alongKeys(_ out: MutablePointer, _ logSums: MutablePointer) {
        nonisolated(unsafe) let (out, logSums) = (out, logSums)
        let blocks = (ql.rows + rowBlock - 1) / rowBlock
        let work = rowBlock * max(1, kl.rows) * (ql.size + vl.size)
        parallelFor(heads * blocks, chunk: max(1, (1 << 19) / max(1, work))) { range in
            let scratch = Storage(count: rowBlock * (colBlock + 1))
            for t in range {
                forward(t / blocks, t % blocks * rowBlock, out, logSums, scratch.pointer)
            }
            withExtendedLifetime(scratch) {}
        }
    }

    /// Address of the bias of a head's query and key.
    private func biasAddress(_ head: Int, _ query: Int, _ key: Int) -> Pointer? {
        bias.map {
            $0.pointer + head / ql.heads * biasStrides[0] + head % ql.heads * biasStrides[1]
                + query * biasStrides[2] + key * biasStrides[3]
        }
    }

    /// One block of queries of one head over all keys.
    private func forward(
        _ head: Int, _ begin: Int, _ out: MutablePointer, _ logSums: MutablePointer, _ scores: MutablePointer
    ) {
        let count = min(rowBlock, ql.rows - begin), sums = scores + rowBlock * colBlock
        let maxima = logSums + head * ql.rows + begin, target = out + ol.offset(head, begin)
        Kernels.current.fill(maxima, count, -.infinity)
        Kernels.current.fill(sums, count, 0)
        for r in 0..<count { Kernels.current.fill(target + r * ol.stride, vl.size, 0) }
        for first in stride(from: 0, to: kl.rows, by: colBlock) {
            let cols = min(colBlock, kl.rows - first)
            score(head, begin, count, first, cols, scores)
            Kernels.current.softmaxBlock(
                scores, rows: count, cols: cols, maxima: maxima, sums: sums, target, stride: ol.stride,
                width: vl.size)
            BLAS.matmul(
                rows: count, cols: vl.size, k: cols, scores, lda: cols,
                v.pointer + vl.offset(head, first),
                ldb: vl.stride, target, ldc: ol.stride, beta: 1)
        }
        Kernels.current.softmaxFinish(
            maxima: maxima, sums: sums, rows: count, target, stride: ol.stride, width: vl.size)
    }

    /// Scores of a block of queries and keys.
    private func score(
        _ head: Int, _ begin: Int, _ count: Int, _ first: Int, _ cols: Int, _ scores: MutablePointer
    ) {
        BLAS.matmul(
            rows: count, cols: cols, k: ql.size, q.pointer + ql.offset(head, begin), lda: ql.stride,
            k.pointer + kl.offset(head, first), ldb: kl.stride, transposeB: true, scores, ldc: cols,
            alpha: scale)
        guard let base = biasAddress(head, begin, first) else { return }
        Kernels.current.binary(
            .add, scores, cols, 1, base, biasStrides[2], biasStrides[3], scores, count, cols)
    }

    /// The adjoint; the weights are recomputed block by block from the log-sum-exp.
    ///
    /// Every task has a head and a range of keys. Where heads are few and keys many, a head is cut into several
    /// ranges, whose contributions to the queries' gradients are added in order, so that the sums do not depend on
    /// threads.
    /// - Parameters:
    ///   - forward: the result of `forward`.
    ///   - needsBias: whether to compute the gradient of the bias (in its own shape).
    package func gradient(
        _ gradient: NDArray, forward: (value: NDArray, logSums: NDArray), needsBias: Bool
    ) -> (q: NDArray, k: NDArray, v: NDArray, bias: NDArray?) {
        precondition(
            gradient.shape == outputShape, "attention gradient: \(gradient.shape) for \(outputShape)")
        let wantsBias = needsBias && bias != nil
        // The whole score gradient is stored only for the gradient of the bias.
        let full = wantsBias ? NDArray.zeros([ql.batch, ql.heads, ql.rows, kl.rows]) : nil
        var parts = (q: NDArray.zeros(q.shape), k: NDArray.zeros(k.shape), v: NDArray.zeros(v.shape))
        let keyBlocks = (kl.rows + colBlock - 1) / colBlock
        let ranges = max(1, min(keyBlocks, Self.gradientTasks / max(1, heads)))
        let shares = (1..<ranges).map { _ in NDArray.zeros(q.shape) }
        nonisolated(unsafe) let slopes = ([parts.q] + shares).map {
            Slopes(
                q: $0.storage.pointer, k: parts.k.storage.pointer, v: parts.v.storage.pointer,
                scores: full?.storage.pointer, out: gradient.pointer, value: forward.value.pointer,
                logSums: forward.logSums.pointer)
        }
        parallelFor(heads * ranges, chunk: 1) { tasks in
            let size = rowBlock * colBlock
            let scratch = Storage(count: 2 * size + rowBlock)
            for task in tasks {
                let (head, range) = (task / ranges, task % ranges)
                let keys = (range * keyBlocks / ranges..<(range + 1) * keyBlocks / ranges)
                for begin in stride(from: 0, to: ql.rows, by: rowBlock) {
                    accumulate(head, begin, keys, slopes[range], scratch.pointer, scratch.pointer + size)
                }
            }
            withExtendedLifetime(scratch) {}
        }
        for share in shares { parts.q.accumulate(share) }
        withExtendedLifetime((self, gradient, forward, parts, full)) {}
        return (parts.q, parts.k, parts.v, full.flatMap { s in bias.map { s.summed(toShape: $0.shape) } })
    }

    /// Minimum number of tasks; fewer heads are cut into ranges of keys.
    private static let gradientTasks = 8

    /// Addresses of a backward pass.
    private struct Slopes {
        let q: MutablePointer, k: MutablePointer, v: MutablePointer
        let scores: MutablePointer?
        let out: Pointer, value: Pointer, logSums: Pointer
    }

    /// One block of queries of one head by some blocks of keys.
    ///
    /// dV += Pᵀ dO, dS = P ∘ (dO Vᵀ - rowsum(dO ∘ O)), dQ += dS K, dK += dSᵀ Q.
    private func accumulate(
        _ head: Int, _ begin: Int, _ keyBlocks: Range<Int>, _ s: Slopes, _ weights: MutablePointer,
        _ scores: MutablePointer
    ) {
        let count = min(rowBlock, ql.rows - begin), offsets = scores + rowBlock * colBlock
        let dOut = s.out + ol.offset(head, begin), value = s.value + ol.offset(head, begin)
        let logSums = s.logSums + head * ql.rows + begin
        for r in 0..<count {
            offsets[r] = Float(Kernels.current.dot(dOut + r * ol.stride, value + r * ol.stride, vl.size))
        }
        for block in keyBlocks {
            let first = block * colBlock
            let cols = min(colBlock, kl.rows - first)
            let keys = kl.offset(head, first), values = vl.offset(head, first)
            score(head, begin, count, first, cols, weights)
            Kernels.current.expRows(weights, rows: count, cols: cols, offsets: logSums)
            BLAS.matmul(
                rows: cols, cols: vl.size, k: count, weights, lda: cols, transposeA: true, dOut,
                ldb: ol.stride, s.v + values, ldc: vl.stride, beta: 1)
            BLAS.matmul(
                rows: count, cols: cols, k: vl.size, dOut, lda: ol.stride, v.pointer + values,
                ldb: vl.stride, transposeB: true, scores, ldc: cols)
            Kernels.current.scoreGradient(weights, scores, rows: count, cols: cols, offsets: offsets)
            if let full = s.scores {
                let row = full + (head * ql.rows + begin) * kl.rows + first
                Kernels.current.copyRows(scores, stride: cols, row, stride: kl.rows, rows: count, cols: cols)
            }
            BLAS.matmul(
                rows: count, cols: ql.size, k: cols, scores, lda: cols, k.pointer + keys, ldb: kl.stride,
                s.q + ql.offset(head, begin), ldc: ql.stride, alpha: scale, beta: 1)
            BLAS.matmul(
                rows: cols, cols: ql.size, k: count, scores, lda: cols, transposeA: true,
                q.pointer + ql.offset(head, begin), ldb: ql.stride, s.k + keys, ldc: kl.stride, alpha: scale,
                beta: 1)
        }
    }
}
