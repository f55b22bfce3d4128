// Volume rendering of a batch of rays: settings and results.
public import Arrays

/// Settings of ray sampling.
public struct RenderSettings: Sendable, Hashable {
    /// Samples across the whole cube (side 2 * bound): the distance between samples is 2 * bound / samplesAcross.
    public var samplesAcross: Int
    /// Shifts each ray's samples by a fraction of a step drawn from this seed; nil samples the middle.
    public var jitterSeed: UInt32?
    /// A ray is terminated when its transmittance falls below this.
    public var transmittanceFloor: Float
    /// Also render normals.
    public var wantsNormals: Bool
    /// Skip cells that are empty in the occupancy grid.
    public var skipsEmptySpace: Bool
    /// Samples nearer to the camera than this are skipped, world units.
    public var near: Float

    public init(
        samplesAcross: Int = 128, jitterSeed: UInt32? = nil, transmittanceFloor: Float = 1e-3,
        wantsNormals: Bool = false, skipsEmptySpace: Bool = true, near: Float = 0.01
    ) {
        self.samplesAcross = samplesAcross
        self.jitterSeed = jitterSeed
        self.transmittanceFloor = transmittanceFloor
        self.wantsNormals = wantsNormals
        self.skipsEmptySpace = skipsEmptySpace
        self.near = near
    }
}

/// The result of rendering rays.
///
/// Colour is premultiplied; compositing over a background is `colour + (1 - opacity) * background`.
public struct Rendering: Sendable {
    /// `[n, RayOutput.count]`: red, green, blue, opacity, depth, normal x, y, z, distortion.
    public let outputs: NDArray
    /// Samples evaluated.
    public let sampleCount: Int

    /// `[n, 3]`, premultiplied, 0...1.
    public var colour: NDArray { column(RayOutput.red, 3) }
    /// `[n]`, 0...1.
    public var opacity: NDArray { column(RayOutput.opacity, 1).reshaped([-1]) }
    /// `[n]`: opacity-weighted distance along the ray, world units.
    public var depth: NDArray { column(RayOutput.depth, 1).reshaped([-1]) }
    /// `[n, 3]`: opacity-weighted unit normals, world axes; zeros unless requested.
    public var normal: NDArray { column(RayOutput.normal, 3) }
    /// `[n]`: distortion, the dispersion of the weights along the ray (mip-NeRF 360, equation 15).
    public var distortion: NDArray { column(RayOutput.distortion, 1).reshaped([-1]) }

    /// `[height, width, 4]` premultiplied colour and opacity of image `index` among equally sized ones.
    public func picture(_ index: Int = 0, width: Int, height: Int) -> NDArray {
        let first = index * width * height
        precondition(
            first + width * height <= outputs.shape[0],
            "Rendering.picture: picture \(index) of \(width)x\(height) is outside \(outputs.shape)")
        return column(RayOutput.red, 4, rows: first..<first + width * height).reshaped([height, width, 4])
    }

    /// `[count, height, width, 4]` premultiplied colour and opacity of the first images of a batch.
    public func pictures(_ count: Int, width: Int, height: Int) -> NDArray {
        let rays = count * width * height
        precondition(
            rays <= outputs.shape[0], "Rendering.pictures: \(count) of \(width)x\(height) in \(outputs.shape)"
        )
        return column(RayOutput.red, 4, rows: 0..<rays).reshaped([count, height, width, 4])
    }

    private func column(_ first: Int, _ count: Int, rows: Range<Int>? = nil) -> NDArray {
        let rows = rows ?? 0..<outputs.shape[0], stride = outputs.shape[1]
        return outputs.withUnsafeBuffer { source in
            NDArray(shape: [rows.count, count]) { out in
                for (i, r) in rows.enumerated() {
                    for c in 0..<count { out[i * count + c] = source[r * stride + first + c] }
                }
            }
        }
    }
}

/// Samples of one rendering, recorded for its adjoint.
///
/// Consumed by `RadianceField.accumulate`, so that the field's parameters have a single owner when they are updated.
///
/// `@unchecked Sendable`: written by one `render`, then by one `accumulate`.
public final class RenderRecord: @unchecked Sendable {
    struct Contents {
        var chunks: [RayChunk]
        var kernel: FieldKernel
        var rays: NDArray
        var outputs: NDArray
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

extension RadianceField {
    /// Renders rays without recording.
    public func render(_ rays: RayBatch, _ settings: RenderSettings = RenderSettings()) -> Rendering {
        render(rays, settings, keeping: false).rendering
    }

    /// Renders rays and records what the adjoint needs.
    public func renderRecorded(
        _ rays: RayBatch, _ settings: RenderSettings = RenderSettings()
    ) -> (rendering: Rendering, record: RenderRecord) {
        render(rays, settings, keeping: true)
    }

    private func render(
        _ batch: RayBatch, _ settings: RenderSettings, keeping: Bool
    ) -> (rendering: Rendering, record: RenderRecord) {
        let kernel = FieldKernel(self, settings: settings, tier: tier)
        let rays = batch.rays, grouping = kernel.grouping
        let chunks = stride(from: 0, to: batch.count, by: grouping.chunk).map {
            RayChunk($0..<min(batch.count, $0 + grouping.chunk), keepsSlabs: keeping)
        }
        let outputs = NDArray(shape: [batch.count, RayOutput.count]) { buffer in
            rays.withUnsafeBuffer { source in
                guard let outStart = buffer.baseAddress, let baseStart = source.baseAddress else { return }
                nonisolated(unsafe) let (out, base) = (outStart, baseStart)
                grouping.forEachGroup(of: chunks) { kernel.render($0, rays: base, outputs: out) }
            }
        }
        let record = RenderRecord(
            .init(chunks: keeping ? chunks : [], kernel: kernel, rays: rays, outputs: outputs))
        return (Rendering(outputs: outputs, sampleCount: chunks.reduce(0) { $0 + $1.sampleCount }), record)
    }
}
