// Matmul by OpenBLAS: fixed tiles over threads, each a single-threaded call.

/// One row-major matmul C = op(A) op(B).
struct BLASMatmul: Sendable {
    var rows: Int, cols: Int, k: Int
    var transposeA = false
    var transposeB = false

    /// Computes all of C in parallel tiles; the tiling depends on the extents only.
    func run(_ a: Pointer, _ b: Pointer, _ c: MutablePointer) {
        guard rows > 0, cols > 0 else { return }
        if rows <= 4, transposeB, !transposeA {
            let (rows, cols, k) = (rows, cols, k)
            nonisolated(unsafe) let (a, b, c) = (a, b, c)
            parallelFor(cols, chunk: max(1, (1 << 18) / max(1, k * rows))) { range in
                Kernels.current.fewRows(a, rows: rows, b, k: k, bias: nil, c, cols: cols, range)
            }
            return
        }
        if k >= 8 * Self.kChunk, rows * cols <= 1 << 16 {
            return runSplit(a, b, c)
        }
        let (rowTile, colTile) = tiles
        let across = (cols + colTile - 1) / colTile, down = (rows + rowTile - 1) / rowTile
        nonisolated(unsafe) let (a, b, c) = (a, b, c)
        parallelFor(across * down, chunk: 1) { range in
            for t in range {
                let i = t / across * rowTile, j = t % across * colTile
                tile(a, b, i..<min(rows, i + rowTile), j..<min(cols, j + colTile), 0..<k, c)
            }
        }
    }

    /// Small results with a large k (weight gradients): partial sums over fixed ranges of k, added in order.
    private func runSplit(_ a: Pointer, _ b: Pointer, _ c: MutablePointer) {
        let parts = min(16, (k + Self.kChunk - 1) / Self.kChunk)
        let chunk = (k + parts - 1) / parts, size = rows * cols
        let partials = Storage(count: parts * size)
        nonisolated(unsafe) let (a, b, scratch) = (a, b, partials.pointer)
        parallelFor(parts, chunk: 1) { range in
            for p in range {
                tile(
                    a, b, 0..<rows, 0..<cols, min(k, p * chunk)..<min(k, (p + 1) * chunk),
                    scratch + p * size)
            }
        }
        c.update(from: scratch, count: size)
        for p in 1..<parts { Kernels.current.accumulate(scratch + p * size, c, size, scale: 1) }
        withExtendedLifetime(partials) {}
    }

    private static let kChunk = 2048

    /// Rows and columns per tile: the grid of at most eight tiles for which the fewest numbers are packed.
    ///
    /// Each tile packs its rows of A and its columns of B, so a grid of i × j packs A j times and B i times.
    private var tiles: (Int, Int) {
        var parts = 1
        while parts < 8, rows * cols * max(1, k) >= parts << 21 { parts *= 2 }
        var best = (rows, cols), least = Int.max
        var down = 1
        while down <= parts {
            let across = parts / down
            let height = (rows + down - 1) / down, width = (cols + across - 1) / across
            // Tiles narrower than the register block leave part of it unused.
            let thin = (down > 1 && height < 32 ? 1 : 0) + (across > 1 && width < 64 ? 1 : 0)
            let cost = across * rows + down * cols + thin * (rows + cols) * 8
            if cost < least {
                least = cost
                best = (down > 1 ? (height + 15) & ~15 : rows, across > 1 ? (width + 63) & ~63 : cols)
            }
            down *= 2
        }
        return best
    }

    private func tile(
        _ a: Pointer, _ b: Pointer, _ i: Range<Int>, _ j: Range<Int>, _ k: Range<Int>, _ out: MutablePointer
    ) {
        let lda = transposeA ? rows : self.k, ldb = transposeB ? self.k : cols
        let pa = transposeA ? a + k.lowerBound * lda + i.lowerBound : a + i.lowerBound * lda + k.lowerBound
        let pb = transposeB ? b + j.lowerBound * ldb + k.lowerBound : b + k.lowerBound * ldb + j.lowerBound
        BLAS.matmul(
            rows: i.count, cols: j.count, k: k.count, pa, lda: lda, transposeA: transposeA, pb, ldb: ldb,
            transposeB: transposeB, out + i.lowerBound * cols + j.lowerBound, ldc: cols)
    }
}

extension NDArray {
    /// Batched matmul over the last two dimensions.
    ///
    /// - Parameters:
    ///   - other: `[…, k, n]`, or `[…, n, k]` with `transposeOther`. Leading dimensions broadcast; a matrix
    ///     (rank 2) is shared by the whole batch.
    ///   - transposeSelf: whether `self` is `[…, k, m]`.
    /// - Returns: `[…, m, n]`.
    package func matmul(
        _ other: NDArray, transposeSelf: Bool = false, transposeOther: Bool = false
    ) -> NDArray {
        precondition(rank >= 2 && other.rank >= 2, "matmul: needs matrices, got \(shape) and \(other.shape)")
        let m = transposeSelf ? shape[rank - 1] : shape[rank - 2]
        let k = transposeSelf ? shape[rank - 2] : shape[rank - 1]
        let n = transposeOther ? other.shape[other.rank - 2] : other.shape[other.rank - 1]
        let otherK = transposeOther ? other.shape[other.rank - 1] : other.shape[other.rank - 2]
        precondition(k == otherK, "matmul: inner dimensions of \(shape) and \(other.shape) differ")
        let batchA = Array(shape.dropLast(2)), batchB = Array(other.shape.dropLast(2))
        let batch = broadcastShape(batchA, batchB, op: "matmul")
        let result = batch + [m, n]

        // With a shared right-hand matrix, the batch becomes rows of one matmul.
        if !transposeSelf, elementCount(batchB) == 1, elementCount(batchA) == elementCount(batch) {
            let product = BLASMatmul(
                rows: elementCount(batch) * m, cols: n, k: k, transposeB: transposeOther)
            return NDArray(shape: result) { out in
                guard let c = out.baseAddress else { return }
                product.run(pointer, other.pointer, c)
            }
        }
        let offsetsA = broadcastOffsets(batchA, to: batch, unit: m * k)
        let offsetsB = broadcastOffsets(batchB, to: batch, unit: k * n)
        let product = BLASMatmul(
            rows: m, cols: n, k: k, transposeA: transposeSelf, transposeB: transposeOther)
        return NDArray(shape: result) { out in
            guard let base = out.baseAddress else { return }
            nonisolated(unsafe) let (a, b, c) = (pointer, other.pointer, base)
            let items = elementCount(batch)
            if items == 1 || m * n * k >= 1 << 24 {
                for i in 0..<items { product.run(a + offsetsA[i], b + offsetsB[i], c + i * m * n) }
            } else {
                let chunk = max(1, (1 << 20) / max(1, m * n * k))
                parallelFor(items, chunk: chunk) { range in
                    for i in range { product.run(a + offsetsA[i], b + offsetsB[i], c + i * m * n) }
                }
            }
        }
    }
}

/// Offset of each batch item of an operand of leading shape `shape`, broadcast to `batch`.
private func broadcastOffsets(_ shape: [Int], to batch: [Int], unit: Int) -> [Int] {
    let strides = broadcastStrides(shape, to: batch)
    var offsets = [0]
    for (extent, stride) in zip(batch, strides) {
        offsets = offsets.flatMap { base in (0..<extent).map { base + $0 * stride } }
    }
    return offsets.map { $0 * unit }
}
