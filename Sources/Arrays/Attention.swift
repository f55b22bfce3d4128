// Scaled dot-product attention over blocks of queries and keys: no score matrix is ever whole in memory.

/// Where the rows of each head lie in an array: `[batch, heads, n, d]`, or tokens `[batch, n, heads * d]`.
struct HeadLayout: Sendable {
    let batch: Int, heads: Int, rows: Int, size: Int
    private let batchStride: Int, headStride: Int
    /// Elements from one row of a head to the next.
    let stride: Int

    /// - Parameter heads: nil if the array has a dimension of heads, else how many share the last dimension.
    init(_ shape: [Int], heads: Int?) {
        if let heads {
            precondition(
                shape.count == 3 && heads > 0 && shape[2] % heads == 0,
                "attention: \(shape) is not [batch, n, heads * d] with \(heads) heads")
            (batch, self.heads, rows, size) = (shape[0], heads, shape[1], shape[2] / heads)
            (batchStride, headStride, stride) = (shape[1] * shape[2], size, shape[2])
        } else {
            precondition(shape.count == 4, "attention: \(shape) is not [batch, heads, n, d]")
            (batch, self.heads, rows, size) = (shape[0], shape[1], shape[2], shape[3])
            (batchStride, headStride, stride) = (
                shape[1] * shape[2] * shape[3], shape[2] * shape[3], shape[3]
            )
        }
    }

    /// Start of row `row` of head `head`, counted over the batch.
    func offset(_ head: Int, _ row: Int) -> Int {
        head / heads * batchStride + head % heads * headStride + row * stride
    }
}

/// One attention: operands, sizes, and how the work is cut.
package struct Attention: Sendable {
    private let q: NDArray, k: NDArray, v: NDArray, bias: NDArray?
    private let scale: Float
    private let ql: HeadLayout, kl: HeadLayout, vl: HeadLayout, ol: HeadLayout
    private let outputShape: [Int]
    /// Strides of the bias along batch, head, query and key; 0 where it broadcasts.
    private let biasStrides: [Int]
    /// Queries and keys per block: a block of scores takes at most 512 KiB and stays in the second-level cache.
    private let rowBlock: Int, colBlock: Int
    private var heads: Int { ql.batch * ql.heads }

    /// - Parameters:
    ///   - q: `[b, heads, n, d]`, or `[b, n, heads * d]` if `heads` is given; so `k` and `v` with m rows.
    ///   - scale: factor of the scores, usually `1 / sqrt(d)`.
    ///   - bias: added to the scores; broadcasts to `[b, heads, n, m]`. `-infinity` masks a key out.
    package init(q: NDArray, k: NDArray, v: NDArray, heads: Int? = nil, scale: Float, bias: NDArray?) {
        (ql, kl, vl) = (
            HeadLayout(q.shape, heads: heads), HeadLayout(k.shape, heads: heads),
            HeadLayout(v.shape, heads: heads)
        )
        precondition(
            ql.batch == kl.batch && kl.batch == vl.batch && ql.heads == kl.heads && kl.heads == vl.heads
                && kl.rows == vl.rows && ql.size == kl.size,
            "attention: q \(q.shape), k \(k.shape), v \(v.shape)")
        (self.q, self.k, self.v, self.scale, self.bias) = (q, k, v, scale, bias)
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
        biasStrides = bias.map { broadcastStrides($0.shape, to: full) } ?? []
        colBlock = kl.rows <= 1024 ? max(1, kl.rows) : 512
        rowBlock = max(1, min(ql.rows, max(64, min(256, (1 << 17) / colBlock))))
    }

    /// `softmax(scale q kᵀ + bias) v` in the layout of `q`, and the log-sum-exp of every row of scores.
    package func forward() -> (value: NDArray, logSums: NDArray) {
        var logSums = NDArray(shape: [heads, ql.rows]) { _ in }
        let value = logSums.withUnsafeMutableBuffer { sums in
            NDArray.build(outputShape, keeping: q, k, v, bias) { out in
                guard let base = sums.baseAddress else { return }
                nonisolated(unsafe) let (po, pm) = (out, base)
                let blocks = (ql.rows + rowBlock - 1) / rowBlock
                let work = rowBlock * max(1, kl.rows) * (ql.size + vl.size)
                parallelFor(heads * blocks, chunk: max(1, (1 << 19) / max(1, work))) { range in
                    let scratch = Storage(count: rowBlock * (colBlock + 1))
                    for t in range {
                        forward(t / blocks, t % blocks * rowBlock, po, pm, scratch.pointer)
                    }
                    withExtendedLifetime(scratch) {}
                }
            }
        }
        return (value, logSums)
    }

    /// One block of queries of one head against all keys.
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
            BLAS.product(
                rows: count, cols: vl.size, inner: cols, scores, lda: cols,
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
        BLAS.product(
            rows: count, cols: cols, inner: ql.size, q.pointer + ql.offset(head, begin), lda: ql.stride,
            k.pointer + kl.offset(head, first), ldb: kl.stride, transposeB: true, scores, ldc: cols,
            alpha: scale)
        guard let bias else { return }
        let base =
            bias.pointer + head / ql.heads * biasStrides[0] + head % ql.heads * biasStrides[1]
            + begin * biasStrides[2] + first * biasStrides[3]
        Kernels.current.binary(
            .add, scores, cols, 1, base, biasStrides[2], biasStrides[3], scores, count, cols)
    }

    /// The adjoint, with the weights recomputed block by block from the log-sum-exp.
    ///
    /// One task per head, so that sums keep their order.
    /// - Parameters:
    ///   - forward: what `forward` returned.
    ///   - needsBias: whether the gradient of the bias (in its own shape) is wanted.
    package func gradient(
        _ gradient: NDArray, forward: (value: NDArray, logSums: NDArray), needsBias: Bool
    ) -> (q: NDArray, k: NDArray, v: NDArray, bias: NDArray?) {
        precondition(
            gradient.shape == outputShape, "attention gradient: \(gradient.shape) for \(outputShape)")
        let wantsBias = needsBias && bias != nil
        // The full score gradient is only stored when the bias itself is being differentiated.
        let full = wantsBias ? NDArray.zeros([ql.batch, ql.heads, ql.rows, kl.rows]) : nil
        let parts = (NDArray.zeros(q.shape), NDArray.zeros(k.shape), NDArray.zeros(v.shape))
        nonisolated(unsafe) let slopes = Slopes(
            q: parts.0.storage.pointer, k: parts.1.storage.pointer, v: parts.2.storage.pointer,
            scores: full?.storage.pointer, out: gradient.pointer, value: forward.value.pointer,
            logSums: forward.logSums.pointer)
        parallelFor(heads, chunk: 1) { range in
            let size = rowBlock * colBlock
            let scratch = Storage(count: 2 * size + rowBlock)
            for head in range {
                for begin in stride(from: 0, to: ql.rows, by: rowBlock) {
                    accumulate(head, begin, slopes, scratch.pointer, scratch.pointer + size)
                }
            }
            withExtendedLifetime(scratch) {}
        }
        withExtendedLifetime((self, gradient, forward, parts, full)) {}
        return (parts.0, parts.1, parts.2, full.flatMap { s in bias.map { s.summed(toShape: $0.shape) } })
    }

    /// Addresses of a backward pass.
    private struct Slopes {
        let q: MutablePointer, k: MutablePointer, v: MutablePointer
        let scores: MutablePointer?
        let out: Pointer, value: Pointer, logSums: Pointer
    }

    /// One block of queries of one head: dV += Pᵀ dO, dS = P ∘ (dO Vᵀ - rowsum(dO ∘ O)), dQ += dS K, dK += dSᵀ Q.
    private func accumulate(
        _ head: Int, _ begin: Int, _ s: Slopes, _ weights: MutablePointer, _ scores: MutablePointer
    ) {
        let count = min(rowBlock, ql.rows - begin), offsets = scores + rowBlock * colBlock
        let dOut = s.out + ol.offset(head, begin), value = s.value + ol.offset(head, begin)
        let logSums = s.logSums + head * ql.rows + begin
        for r in 0..<count {
            offsets[r] = Float(Kernels.current.dot(dOut + r * ol.stride, value + r * ol.stride, vl.size))
        }
        for first in stride(from: 0, to: kl.rows, by: colBlock) {
            let cols = min(colBlock, kl.rows - first)
            let keys = kl.offset(head, first), values = vl.offset(head, first)
            score(head, begin, count, first, cols, weights)
            Kernels.current.expRows(weights, rows: count, cols: cols, offsets: logSums)
            BLAS.product(
                rows: cols, cols: vl.size, inner: count, weights, lda: cols, transposeA: true, dOut,
                ldb: ol.stride, s.v + values, ldc: vl.stride, beta: 1)
            BLAS.product(
                rows: count, cols: cols, inner: vl.size, dOut, lda: ol.stride, v.pointer + values,
                ldb: vl.stride, transposeB: true, scores, ldc: cols)
            Kernels.current.scoreGradient(weights, scores, rows: count, cols: cols, offsets: offsets)
            if let full = s.scores {
                let row = full + (head * ql.rows + begin) * kl.rows + first
                Kernels.current.copyRows(scores, stride: cols, row, stride: kl.rows, rows: count, cols: cols)
            }
            BLAS.product(
                rows: count, cols: ql.size, inner: cols, scores, lda: cols, k.pointer + keys, ldb: kl.stride,
                s.q + ql.offset(head, begin), ldc: ql.stride, alpha: scale, beta: 1)
            BLAS.product(
                rows: cols, cols: ql.size, inner: count, scores, lda: cols, transposeA: true,
                q.pointer + ql.offset(head, begin), ldb: ql.stride, s.k + keys, ldc: kl.stride, alpha: scale,
                beta: 1)
        }
    }
}
