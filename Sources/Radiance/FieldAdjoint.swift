// Adjoints of rendering and of point evaluation: parameter gradients independent of the thread count.
public import Arrays

/// Derivatives of a loss with respect to a rendering's outputs.
public struct RenderingAdjoint: Sendable {
    /// `[n, RayOutput.count]`, columns as `Rendering.outputs`.
    public var outputs: NDArray

    /// Zeros for `count` rays.
    public init(count: Int) { outputs = .zeros([count, RayOutput.count]) }

    /// - Parameters: derivatives with respect to premultiplied colour `[n, 3]`, opacity `[n]`, depth `[n]`, normal
    ///   `[n, 3]` and distortion `[n]`; nil is zero.
    public init(
        count: Int, colour: NDArray? = nil, opacity: NDArray? = nil, depth: NDArray? = nil,
        normal: NDArray? = nil,
        distortion: NDArray? = nil
    ) {
        self.init(count: count)
        for (array, first, width) in [
            (colour, RayOutput.red, 3), (opacity, RayOutput.opacity, 1), (depth, RayOutput.depth, 1),
            (normal, RayOutput.normal, 3), (distortion, RayOutput.distortion, 1),
        ] {
            guard let array else { continue }
            precondition(
                array.count == count * width,
                "RenderingAdjoint: \(array.shape) for \(count) rays of \(width) numbers")
            array.withUnsafeBuffer { source in
                outputs.withUnsafeMutableBuffer { out in
                    for r in 0..<count {
                        for c in 0..<width { out[r * RayOutput.count + first + c] = source[r * width + c] }
                    }
                }
            }
        }
    }
}

extension RadianceField {
    /// Adds the gradients of a loss with respect to this field's parameters.
    ///
    /// Network weights: one partial sum per chunk of rays, added in order. Table rows: every level is one task that
    /// processes all samples in order, so that no two tasks write one row.
    /// - Precondition: `record` comes from `renderRecorded` with the same parameters and has not been consumed.
    public func accumulate(
        _ adjoint: RenderingAdjoint, _ record: RenderRecord, into gradients: inout FieldGradients
    ) {
        let kept = record.take(), kernel = kept.kernel, chunks = kept.chunks
        precondition(
            adjoint.outputs.shape == kept.outputs.shape,
            "accumulate: adjoint \(adjoint.outputs.shape) for outputs \(kept.outputs.shape)")
        var partials = NDArray(shape: [chunks.count, kernel.networkCount]) { _ in }
        kept.rays.withUnsafeBuffer { rays in
            kept.outputs.withUnsafeBuffer { outputs in
                adjoint.outputs.withUnsafeBuffer { adjoints in
                    partials.withUnsafeMutableBuffer { sums in
                        guard let rStart = rays.baseAddress, let oStart = outputs.baseAddress,
                            let aStart = adjoints.baseAddress,
                            let sStart = sums.baseAddress
                        else { return }
                        nonisolated(unsafe) let (r, o, a, s) = (rStart, oStart, aStart, sStart)
                        parallelFor(chunks.count, chunk: 1) { range in
                            for i in range {
                                kernel.adjointChunk(
                                    chunks[i], rays: r, outputs: o, adjoints: a,
                                    sums: s + i * kernel.networkCount)
                            }
                        }
                    }
                }
            }
        }
        gradients.addNetwork(partials)
        gradients.scatter(chunks.flatMap(\.slabs), kernel, withNormals: kernel.normals)
    }

    /// Values at points.
    /// - Parameter points: `[n, 3]`, world units.
    /// - Returns: `[n, 4]` density (per world unit, or its logit) and straight colour; with `normals`, `[n, 7]`, the
    ///   last three being the outward unit normal.
    public func evaluate(_ points: NDArray, logit: Bool = false, normals: Bool = false) -> NDArray {
        precondition(
            points.rank == 2 && points.shape[1] == 3, "evaluate: points are [n, 3], not \(points.shape)")
        let kernel = FieldKernel(self, settings: RenderSettings(wantsNormals: normals), tier: tier)
        let width = normals ? 7 : 4
        return NDArray(shape: [points.shape[0], width]) { buffer in
            points.withUnsafeBuffer { source in
                guard let outStart = buffer.baseAddress, let baseStart = source.baseAddress else { return }
                nonisolated(unsafe) let (out, base) = (outStart, baseStart)
                parallelFor(points.shape[0], chunk: SlabLayout.slots) { range in
                    let slab = Slab(floats: kernel.slabFloats)
                    kernel.points(base + 3 * range.lowerBound, count: range.count, logit: logit, slab: slab)
                    slab.copyValues(range.count, width: width, to: out + width * range.lowerBound)
                }
            }
        }
    }

    /// Values at points (density as its logit), recorded for `accumulate`.
    public func evaluateRecorded(_ points: NDArray) -> (values: NDArray, record: PointRecord) {
        precondition(
            points.rank == 2 && points.shape[1] == 3, "evaluate: points are [n, 3], not \(points.shape)")
        let kernel = FieldKernel(self, settings: RenderSettings(), tier: tier)
        let count = points.shape[0]
        let slabs = (0..<(count + SlabLayout.slots - 1) / SlabLayout.slots).map { _ in
            Slab(floats: kernel.slabFloats)
        }
        let values = NDArray(shape: [count, 4]) { buffer in
            points.withUnsafeBuffer { source in
                guard let outStart = buffer.baseAddress, let baseStart = source.baseAddress else { return }
                nonisolated(unsafe) let (out, base) = (outStart, baseStart)
                parallelFor(count, chunk: SlabLayout.slots) { range in
                    let slab = slabs[range.lowerBound / SlabLayout.slots]
                    kernel.points(base + 3 * range.lowerBound, count: range.count, logit: true, slab: slab)
                    slab.copyValues(range.count, width: 4, to: out + 4 * range.lowerBound)
                }
            }
        }
        return (values, PointRecord(.init(slabs: slabs, count: count, kernel: kernel)))
    }

    /// Adds the gradients of a loss whose derivatives with respect to density logit and colour at the points are
    /// `adjoint` `[n, 4]`.
    public func accumulate(_ adjoint: NDArray, _ record: PointRecord, into gradients: inout FieldGradients) {
        let kept = record.take(), kernel = kept.kernel, slabs = kept.slabs
        precondition(
            adjoint.shape == [kept.count, 4],
            "accumulate: adjoint \(adjoint.shape) for \(kept.count) points")
        var partials = NDArray(shape: [slabs.count, kernel.networkCount]) { _ in }
        adjoint.withUnsafeBuffer { source in
            partials.withUnsafeMutableBuffer { buffer in
                guard let baseStart = source.baseAddress, let outStart = buffer.baseAddress else { return }
                nonisolated(unsafe) let (base, out) = (baseStart, outStart)
                parallelFor(kept.count, chunk: SlabLayout.slots) { range in
                    let index = range.lowerBound / SlabLayout.slots
                    kernel.withLanes(sums: out + index * kernel.networkCount) { lanes in
                        kernel.pointsAdjoint(
                            base + 4 * range.lowerBound, count: range.count, slab: slabs[index], lanes: lanes)
                    }
                }
            }
        }
        gradients.addNetwork(partials)
        gradients.scatter(slabs, kernel, withNormals: false)
    }
}

/// Samples of one point evaluation, recorded for its adjoint.
///
/// Consumed by `RadianceField.accumulate`, like a `RenderRecord`.
///
/// `@unchecked Sendable`: written by one `evaluateRecorded`, then by one `accumulate`.
public final class PointRecord: @unchecked Sendable {
    struct Contents {
        var slabs: [Slab]
        var count: Int
        var kernel: FieldKernel
    }

    private var contents: Contents?

    init(_ contents: Contents) { self.contents = contents }

    /// Returns the record's contents; may be called once.
    func take() -> Contents {
        guard let result = contents else { preconditionFailure("accumulate: the record was used before") }
        contents = nil
        return result
    }
}

extension FieldGradients {
    /// Adds per-chunk partial sums `[chunks, parameters]` in order.
    fileprivate mutating func addNetwork(_ partials: NDArray) {
        let chunks = partials.shape[0]
        partials.withUnsafeBuffer { source in
            network.withUnsafeMutableBuffer { out in
                let n = out.count
                for c in 0..<chunks {
                    for i in 0..<n { out[i] += source[c * n + i] }
                }
            }
        }
    }

    fileprivate mutating func scatter(_ slabs: [Slab], _ kernel: FieldKernel, withNormals: Bool) {
        grid.withUnsafeMutableBuffer { buffer in
            guard let base = buffer.baseAddress else { return }
            nonisolated(unsafe) let table = base
            let samples = slabs.reduce(0) { $0 + $1.used }
            parallelFor(kernel.levelCount, chunk: 1) { range in
                // Finest first, so that the most expensive level does not start last.
                for i in range {
                    let level = kernel.levelCount - 1 - i
                    if kernel.grouping.isWorthWarming(kernel.rows(of: level).count, samples: samples) {
                        kernel.warm(level: level, in: table)
                    }
                    for slab in slabs {
                        kernel.scatter(level: level, slab: slab, withNormals: withNormals, into: table)
                    }
                }
            }
        }
    }
}

extension FieldKernel {
    /// Zeroed scratch for `body`, whose lanes are summed afterwards.
    fileprivate func withLanes(
        sums: UnsafeMutablePointer<Float>, _ body: (UnsafeMutablePointer<Float>) -> Void
    ) {
        let scratch = Slab(floats: laneFloats)
        scratch.pointer.update(repeating: 0, count: laneFloats)
        body(scratch.pointer)
        sumLanes(scratch.pointer, into: sums)
    }

    fileprivate func adjointChunk(
        _ chunk: RayChunk, rays: UnsafePointer<Float>, outputs: UnsafePointer<Float>,
        adjoints: UnsafePointer<Float>, sums: UnsafeMutablePointer<Float>
    ) {
        let first = chunk.rays.lowerBound
        let states = RayStates(count: chunk.rays.count)
        start(rays: rays + 6 * first, first: first, states)
        withLanes(sums: sums) { lanes in
            for slab in chunk.slabs {
                adjoint(
                    states, outputs: outputs + RayOutput.count * first,
                    adjoints: adjoints + RayOutput.count * first, slab: slab, lanes: lanes)
            }
        }
    }
}

extension Slab {
    /// Copies density and colour, and the unit normal if `width` is 7, of the first `count` slots.
    fileprivate func copyValues(_ count: Int, width: Int, to out: UnsafeMutablePointer<Float>) {
        for c in 0..<4 {
            let source = row(SlabLayout.densityRow + c)
            for i in 0..<count { out[i * width + c] = source[i] }
        }
        guard width == 7 else { return }
        let (x, y, z) = (
            row(SlabLayout.gradientRow), row(SlabLayout.gradientRow + 1), row(SlabLayout.gradientRow + 2)
        )
        for i in 0..<count {
            let g = SIMD3(x[i], y[i], z[i])
            let n = -g / ((g * g).sum() + 1e-8).squareRoot()
            (out[i * width + 4], out[i * width + 5], out[i * width + 6]) = (n.x, n.y, n.z)
        }
    }
}
