// Scaled dot-product attention over blocks of queries; the score matrix of a head is never whole in memory.

/// Sizes and operands of one attention: queries `[b, heads, n, d]`, keys and values `[b, heads, m, d]`.
package struct Attention: Sendable {
    let q: NDArray, k: NDArray, v: NDArray
    let scale: Float
    let bias: NDArray?
    private let batch: Int, heads: Int, n: Int, m: Int, d: Int, dv: Int
    /// Strides of the bias along batch, head, query and key; 0 where it broadcasts.
    private let biasStrides: [Int]

    /// - Parameters:
    ///   - scale: factor of the scores, usually `1 / sqrt(d)`.
    ///   - bias: added to the scores; broadcasts to `[b, heads, n, m]`. `-infinity` masks a key out.
    package init(q: NDArray, k: NDArray, v: NDArray, scale: Float, bias: NDArray?) {
        precondition(
            q.rank == 4 && k.rank == 4 && v.rank == 4 && q.shape[..<2] == k.shape[..<2]
                && k.shape[..<3] == v.shape[..<3] && q.shape[3] == k.shape[3],
            "attention: q \(q.shape), k \(k.shape), v \(v.shape)")
        (self.q, self.k, self.v, self.scale, self.bias) = (q, k, v, scale, bias)
        (batch, heads, n, d) = (q.shape[0], q.shape[1], q.shape[2], q.shape[3])
        (m, dv) = (k.shape[2], v.shape[3])
        let full = [batch, heads, n, m]
        if let bias {
            precondition(
                broadcastShape(bias.shape, full, op: "attention bias") == full,
                "attention: bias \(bias.shape) does not broadcast to \(full)")
        }
        biasStrides = bias.map { broadcastStrides($0.shape, to: full) } ?? []
    }

    /// Queries per block: scores of a block take at most 1 MiB, within limits that keep products efficient.
    private var block: Int { max(16, min(n, min(256, (1 << 18) / max(1, m)))) }

    /// `softmax(scale q kᵀ + bias) v`, `[b, heads, n, dv]`.
    package func forward() -> NDArray {
        NDArray.build([batch, heads, n, dv], keeping: q, k, v, bias) { out in
            let rows = block, blocks = (n + rows - 1) / rows
            nonisolated(unsafe) let (pv, po) = (v.pointer, out)
            let chunk = max(1, (1 << 18) / max(1, rows * m * (d + dv)))
            parallelFor(batch * heads * blocks, chunk: chunk) { range in
                let scores = Storage(count: rows * m)
                for t in range {
                    let head = t / blocks, begin = t % blocks * rows, count = min(rows, n - begin)
                    probabilities(head, begin, count, scores.pointer)
                    BLAS.product(
                        rows: count, cols: dv, inner: m, scores.pointer, lda: m, pv + head * m * dv, ldb: dv,
                        po + (head * n + begin) * dv, ldc: dv)
                }
                withExtendedLifetime(scores) {}
            }
        }
    }

    /// Softmax weights of queries `begin ..< begin + count` of one head.
    private func probabilities(_ head: Int, _ begin: Int, _ count: Int, _ scores: MutablePointer) {
        BLAS.product(
            rows: count, cols: m, inner: d, q.pointer + (head * n + begin) * d, lda: d,
            k.pointer + head * m * d,
            ldb: d, transposeB: true, scores, ldc: m, alpha: scale)
        if let bias {
            let base =
                bias.pointer + head / heads * biasStrides[0] + head % heads * biasStrides[1]
                + begin * biasStrides[2]
            Kernels.current.binary(
                .add, scores, m, 1, base, biasStrides[2], biasStrides[3], scores, count, m)
        }
        Kernels.current.softmax(scores, scores, rows: count, cols: m)
    }

    /// The adjoint, with the weights recomputed block by block.
    ///
    /// One task per head, so that sums keep their order.
    /// - Parameter needsBias: whether the gradient of the bias (in its own shape) is wanted.
    package func gradient(
        _ gradient: NDArray, needsBias: Bool
    ) -> (q: NDArray, k: NDArray, v: NDArray, bias: NDArray?) {
        precondition(
            gradient.shape == [batch, heads, n, dv], "attention gradient: \(gradient.shape) for \(q.shape)")
        let wantsBias = needsBias && bias != nil
        // The full score gradient is only stored when the bias itself is being differentiated.
        let scoreGradient = wantsBias ? NDArray.zeros([batch, heads, n, m]) : nil
        let dq = NDArray.zeros(q.shape), dk = NDArray.zeros(k.shape), dValues = NDArray.zeros(v.shape)
        nonisolated(unsafe) let (pdq, pdk, pdv, pds) = (
            dq.storage.pointer, dk.storage.pointer, dValues.storage.pointer, scoreGradient?.storage.pointer
        )
        nonisolated(unsafe) let (pq, pk, pv, pg) = (q.pointer, k.pointer, v.pointer, gradient.pointer)
        if n > 0, m > 0 {
            let rows = block
            parallelFor(batch * heads, chunk: 1) { range in
                let scores = Storage(count: rows * m), slopes = Storage(count: rows * m)
                for head in range {
                    for begin in stride(from: 0, to: n, by: rows) {
                        let count = min(rows, n - begin), at = head * n + begin
                        let (p, s) = (scores.pointer, slopes.pointer)
                        probabilities(head, begin, count, p)
                        BLAS.product(
                            rows: m, cols: dv, inner: count, p, lda: m, transposeA: true, pg + at * dv,
                            ldb: dv,
                            pdv + head * m * dv, ldc: dv, beta: 1)
                        BLAS.product(
                            rows: count, cols: m, inner: dv, pg + at * dv, lda: dv, pv + head * m * dv,
                            ldb: dv,
                            transposeB: true, s, ldc: m)
                        Kernels.current.softmaxGradient(p, s, s, rows: count, cols: m, scale: 1)
                        if let pds { (pds + at * m).update(from: s, count: count * m) }
                        BLAS.product(
                            rows: count, cols: d, inner: m, s, lda: m, pk + head * m * d, ldb: d,
                            pdq + at * d,
                            ldc: d, alpha: scale)
                        BLAS.product(
                            rows: m, cols: d, inner: count, s, lda: m, transposeA: true, pq + at * d, ldb: d,
                            pdk + head * m * d, ldc: d, alpha: scale, beta: 1)
                    }
                }
                withExtendedLifetime((scores, slopes)) {}
            }
        }
        withExtendedLifetime((self, gradient, dq, dk, dValues, scoreGradient)) {}
        return (dq, dk, dValues, scoreGradient.flatMap { s in bias.map { s.summed(toShape: $0.shape) } })
    }
}
