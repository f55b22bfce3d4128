// Softmax, layer norm and group norm, and their adjoints.

extension NDArray {
    /// Softmax over the last dimension.
    ///
    /// Rows with only `-infinity` give zeros.
    package func softmax() -> NDArray {
        precondition(rank >= 1, "softmax: needs a dimension")
        let cols = shape[rank - 1]
        return NDArray.build(shape, keeping: self) { out in
            nonisolated(unsafe) let (x, y) = (pointer, out)
            parallelFor(count / cols, chunk: max(1, elementChunk / 4 / cols)) { r in
                let i = r.lowerBound * cols
                Kernels.current.softmax(x + i, y + i, rows: r.count, cols: cols)
            }
        }
    }

    /// The adjoint of `softmax`, where `self` is its result.
    package func softmaxGradient(_ gradient: NDArray) -> NDArray {
        precondition(shape == gradient.shape, "softmax gradient: \(shape) and \(gradient.shape)")
        let cols = shape[rank - 1]
        return NDArray.build(shape, keeping: self, gradient) { out in
            nonisolated(unsafe) let (y, dy, dx) = (pointer, gradient.pointer, out)
            parallelFor(count / cols, chunk: max(1, elementChunk / 4 / cols)) { r in
                let i = r.lowerBound * cols
                Kernels.current.softmaxGradient(y + i, dy + i, dx + i, rows: r.count, cols: cols, scale: 1)
            }
        }
    }

    /// `(x - mean) / sqrt(variance + epsilon) * scale + bias` over the last dimension.
    package func layerNorm(scale: NDArray?, bias: NDArray?, epsilon: Float) -> NDArray {
        precondition(rank >= 1, "layerNorm: needs a dimension")
        let cols = shape[rank - 1]
        precondition(
            scale.map { $0.count == cols } ?? true && bias.map { $0.count == cols } ?? true,
            "layerNorm: scale \(scale?.shape ?? []) and bias \(bias?.shape ?? []) for \(shape)")
        return NDArray.build(shape, keeping: self, scale, bias) { out in
            nonisolated(unsafe) let (x, s, b, y) = (pointer, scale?.pointer, bias?.pointer, out)
            parallelFor(count / cols, chunk: max(1, elementChunk / cols)) { r in
                let i = r.lowerBound * cols
                Kernels.current.layerNorm(x + i, s, b, y + i, rows: r.count, cols: cols, epsilon: epsilon)
            }
        }
    }

    /// The adjoint of `layerNorm` for the input and, if requested, for scale and bias.
    package func layerNormGradient(
        _ gradient: NDArray, scale: NDArray?, epsilon: Float, needsInput: Bool, needsParameters: Bool
    ) -> (input: NDArray?, scale: NDArray?, bias: NDArray?) {
        precondition(shape == gradient.shape, "layerNorm gradient: \(shape) and \(gradient.shape)")
        let cols = shape[rank - 1]
        let rows = cols > 0 ? count / cols : 0
        nonisolated(unsafe) let (x, s, dy) = (pointer, scale?.pointer, gradient.pointer)
        var parameters: (NDArray, NDArray)?
        if needsParameters {
            let totals = columnTotals(rows: rows, cols: cols, values: 2) { r, sums in
                let i = r.lowerBound * cols
                Kernels.current.layerNormGradient(
                    x + i, s, dy + i, nil, sums, sums + cols, rows: r.count, cols: cols, epsilon: epsilon)
            }
            parameters = (
                NDArray(totals[..<cols].map { Float($0) }, shape: [cols]),
                NDArray(totals[cols...].map { Float($0) }, shape: [cols])
            )
        }
        let input =
            !needsInput
            ? nil
            : NDArray.build(shape, keeping: self, scale, gradient) { out in
                nonisolated(unsafe) let dx = out
                parallelFor(rows, chunk: max(1, elementChunk / 2 / max(1, cols))) { r in
                    let i = r.lowerBound * cols
                    Kernels.current.layerNormGradient(
                        x + i, s, dy + i, dx + i, nil, nil, rows: r.count, cols: cols, epsilon: epsilon)
                }
            }
        withExtendedLifetime((self, scale, gradient)) {}
        return (input, parameters?.0, parameters?.1)
    }
}

/// Group norm of `[batch, …, channels]` as one affine map per image and channel.
package struct GroupNormalization: Sendable {
    let groups: Int, batch: Int, rows: Int, channels: Int
    /// Per image and channel: mean and 1 / standard deviation of its group.
    let mean: NDArray
    let inverse: NDArray
    /// Per image and channel: y = f(x * a + b).
    let a: NDArray
    let b: NDArray
    let silu: Bool

    /// Computes the statistics of `x` in one pass, shifted per channel so that a large mean costs no accuracy.
    package init(_ x: NDArray, groups: Int, scale: NDArray?, bias: NDArray?, epsilon: Float, silu: Bool) {
        precondition(x.rank >= 2, "groupNorm: \(x.shape) needs a batch and channels")
        let channels = x.shape[x.rank - 1], batch = x.shape[0]
        precondition(
            groups > 0 && channels % groups == 0, "groupNorm: \(channels) channels in \(groups) groups")
        precondition(
            scale.map { $0.count == channels } ?? true && bias.map { $0.count == channels } ?? true,
            "groupNorm: scale \(scale?.shape ?? []) and bias \(bias?.shape ?? []) for \(channels) channels")
        let rows = batch * channels > 0 ? x.count / (batch * channels) : 0
        let size = channels / groups
        let gamma = scale?.scalars, beta = bias?.scalars
        var mean: [Float] = [], inverse: [Float] = [], a: [Float] = [], b: [Float] = []
        for item in 0..<batch where rows > 0 {
            nonisolated(unsafe) let base = x.pointer + item * rows * channels
            let moments = columnTotals(rows: rows, cols: channels, values: 2) { r, sums in
                Kernels.current.columnMoments(
                    base + r.lowerBound * channels, pivot: base, rows: r.count, cols: channels, sums,
                    sums + channels)
            }
            for g in 0..<groups {
                let members = g * size..<(g + 1) * size, n = Double(rows)
                let centres = members.map { Double(base[$0]) + moments[$0] / n }
                let m = centres.reduce(0, +) / Double(size)
                var variance = 0.0
                for (c, centre) in zip(members, centres) {
                    variance += moments[channels + c] - moments[c] * moments[c] / n
                    variance += n * (centre - m) * (centre - m)
                }
                variance = max(0, variance / (n * Double(size)))
                let k = 1 / (variance + Double(epsilon)).squareRoot()
                for c in members {
                    let slope = k * Double(gamma?[c] ?? 1)
                    mean.append(Float(m))
                    inverse.append(Float(k))
                    a.append(Float(slope))
                    b.append(Float(Double(beta?[c] ?? 0) - slope * m))
                }
            }
        }
        withExtendedLifetime(x) {}
        let shape = [rows > 0 ? batch : 0, channels]
        (self.groups, self.batch, self.rows, self.channels, self.silu) = (groups, batch, rows, channels, silu)
        self.mean = NDArray(mean, shape: shape)
        self.inverse = NDArray(inverse, shape: shape)
        self.a = NDArray(a, shape: shape)
        self.b = NDArray(b, shape: shape)
    }

    /// The same for kernels, `[batch, channels]` each.
    struct Addresses: @unchecked Sendable {  // Read only, while the arrays are alive.
        let scale: Pointer, shift: Pointer
        let silu: Bool
    }

    var addresses: Addresses { Addresses(scale: a.pointer, shift: b.pointer, silu: silu) }

    /// The normalised array, through SiLU if so configured.
    package func apply(_ x: NDArray) -> NDArray {
        NDArray.build(x.shape, keeping: x, a, b) { out in
            for item in 0..<batch {
                let base = item * rows * channels
                nonisolated(unsafe) let (px, py) = (x.pointer + base, out + base)
                nonisolated(unsafe) let (pa, pb) = (a.pointer + item * channels, b.pointer + item * channels)
                parallelFor(rows, chunk: max(1, elementChunk / 2 / channels)) { r in
                    let i = r.lowerBound * channels
                    Kernels.current.columnAffine(
                        px + i, pa, pb, py + i, rows: r.count, cols: channels, silu: silu)
                }
            }
        }
    }

    /// The adjoint for the input and for scale and bias (both take one pass over `x` and `gradient`).
    package func gradient(
        _ gradient: NDArray, x: NDArray, scale: NDArray?
    ) -> (input: NDArray, scale: NDArray, bias: NDArray) {
        precondition(x.shape == gradient.shape, "groupNorm gradient: \(x.shape) and \(gradient.shape)")
        let size = channels / groups
        let gamma = scale?.scalars
        var dScale = [Double](repeating: 0, count: channels), dBias = dScale
        let input = NDArray.build(x.shape, keeping: x, gradient, scale) { out in
            for item in 0..<batch {
                let base = item * rows * channels
                nonisolated(unsafe) let (px, pd, po) = (x.pointer + base, gradient.pointer + base, out + base)
                nonisolated(unsafe) let (pa, pb) = (a.pointer + item * channels, b.pointer + item * channels)
                nonisolated(unsafe) let pm = mean.pointer + item * channels
                let sums = columnTotals(rows: rows, cols: channels, values: 2) { r, sums in
                    let i = r.lowerBound * channels
                    Kernels.current.columnAffineGradientMoments(
                        px + i, pd + i, pa, pb, mean: pm, rows: r.count, cols: channels, silu: silu, sums,
                        sums + channels)
                }
                let n = Double(rows * size)
                // dx = k (dz γ - mean(dz γ) - x̂ mean(dz γ x̂)), written as dz p + x q + r.
                var p = [Float](repeating: 0, count: channels), q = p, r = p
                for g in 0..<groups {
                    let members = g * size..<(g + 1) * size
                    let k = Double((inverse.pointer + item * channels)[g * size]), m = Double(pm[g * size])
                    var m1 = 0.0, m2 = 0.0
                    for c in members {
                        let slope = Double(gamma?[c] ?? 1)
                        dBias[c] += sums[c]
                        dScale[c] += sums[channels + c] * k
                        m1 += slope * sums[c] / n
                        m2 += slope * sums[channels + c] * k / n
                    }
                    for c in members {
                        p[c] = Float(k * Double(gamma?[c] ?? 1))
                        q[c] = Float(-k * k * m2)
                        r[c] = Float(k * (k * m2 * m - m1))
                    }
                }
                p.withUnsafeBufferPointer { p in
                    q.withUnsafeBufferPointer { q in
                        r.withUnsafeBufferPointer { r in
                            guard let p = p.baseAddress, let q = q.baseAddress, let r = r.baseAddress else {
                                return
                            }
                            nonisolated(unsafe) let (pp, pq, pr) = (p, q, r)
                            parallelFor(rows, chunk: max(1, elementChunk / 2 / channels)) { range in
                                let i = range.lowerBound * channels
                                Kernels.current.columnAffineGradient(
                                    px + i, pd + i, pa, pb, pp, pq, pr, po + i, rows: range.count,
                                    cols: channels, silu: silu)
                            }
                        }
                    }
                }
            }
        }
        return (
            input, NDArray(dScale.map { Float($0) }, shape: [channels]),
            NDArray(dBias.map { Float($0) }, shape: [channels])
        )
    }
}
