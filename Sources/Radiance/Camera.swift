// Cameras that look at the origin or are given by a matrix, and the rays through their pixels.
public import Arrays
import Foundation

/// A pinhole camera in a right-handed world, y up.
///
/// Azimuth 0 looks from +z at the front of the object and increases counter-clockwise seen from above. The image
/// plane can be shifted and magnified, so that a cropped and resized photograph keeps its camera.
public struct Camera: Sendable, Codable, Hashable {
    public var position: SIMD3<Float>
    /// Unit axes of the image: right, up, and the viewing direction.
    public var right: SIMD3<Float>
    public var up: SIMD3<Float>
    public var forward: SIMD3<Float>
    /// Vertical field of view in degrees, before magnification.
    public var fieldOfView: Float
    /// Scale of the image about its centre: 2 shows the middle half.
    public var magnification: Float = 1
    /// Principal point, in half image heights right and up of the centre.
    public var principalPoint: SIMD2<Float> = .zero
    /// Distortion and unequal focal lengths; nil for a pinhole with square pixels.
    public var lens: Lens?

    /// A camera on a sphere around the origin, looking at the origin.
    /// - Parameters:
    ///   - azimuth, elevation: degrees.
    ///   - radius: distance from the origin, world units.
    ///   - fieldOfView: vertical, degrees.
    public init(azimuth: Float, elevation: Float, radius: Float = 2.7, fieldOfView: Float = 45) {
        let a = azimuth * .pi / 180, e = elevation * .pi / 180
        let back = SIMD3(cos(e) * sin(a), sin(e), cos(e) * cos(a))
        position = radius * back
        forward = -back
        right = SIMD3(cos(a), 0, -sin(a))
        up = SIMD3(-sin(e) * sin(a), cos(e), -sin(e) * cos(a))
        self.fieldOfView = fieldOfView
    }

    /// A camera from the columns of its camera-to-world matrix (x right, y up, z back).
    public init(
        right: SIMD3<Float>, up: SIMD3<Float>, back: SIMD3<Float>, position: SIMD3<Float>, fieldOfView: Float
    ) {
        self.right = right
        self.up = up
        forward = -back
        self.position = position
        self.fieldOfView = fieldOfView
    }

    /// Elevation and azimuth, in degrees, of the position seen from the origin.
    public var elevation: Float {
        let r = (position * position).sum().squareRoot()
        return r > 0 ? asin(max(-1, min(1, position.y / r))) * 180 / .pi : 0
    }
    public var azimuth: Float { atan2(position.x, position.z) * 180 / .pi }

    /// Rays through the pixel centres of a `width` x `height` image, row by row from the top left.
    public func rays(width: Int, height: Int) -> RayBatch {
        RayBatch(NDArray(shape: [width * height, 6]) { write(width: width, height: height, to: $0) })
    }

    /// The ray through the point (`x`, `y`) of an image, in pixels from the top left corner.
    public func ray(x: Float, y: Float, width: Int, height: Int) -> (
        origin: SIMD3<Float>, direction: SIMD3<Float>
    ) {
        let half = Float(height) / 2
        let u = (x - Float(width) / 2) / half - principalPoint.x
        let v = (half - y) / half - principalPoint.y
        let slope = tan(fieldOfView * .pi / 360) / magnification
        var d = forward + slope * (u * right + v * up)
        if let lens, let seen = lens.direction(at: slope * SIMD2(u * lens.aspect, v)) {
            d = seen.x * right + seen.y * up + seen.z * forward
        }
        return (position, d / (d * d).sum().squareRoot())
    }

    /// Whether the lens shows anything at the point (`x`, `y`) of an image, in pixels from the top left corner.
    func sees(x: Float, y: Float, width: Int, height: Int) -> Bool {
        guard let lens else { return true }
        let half = Float(height) / 2, slope = tan(fieldOfView * .pi / 360) / magnification
        let u = (x - Float(width) / 2) / half - principalPoint.x
        let v = (half - y) / half - principalPoint.y
        return lens.direction(at: slope * SIMD2(u * lens.aspect, v)) != nil
    }

    func write(width: Int, height: Int, to buffer: UnsafeMutableBufferPointer<Float>) {
        precondition(
            buffer.count == width * height * 6, "Camera.rays: \(width)x\(height) into \(buffer.count) floats")
        guard let base = buffer.baseAddress else { return }
        nonisolated(unsafe) let out = base
        parallelFor(height, chunk: 16) { rows in
            for y in rows {
                for x in 0..<width {
                    let (o, d) = ray(x: Float(x) + 0.5, y: Float(y) + 0.5, width: width, height: height)
                    let p = out + (y * width + x) * 6
                    (p[0], p[1], p[2], p[3], p[4], p[5]) = (o.x, o.y, o.z, d.x, d.y, d.z)
                }
            }
        }
    }
}

/// Rays of one or several cameras.
public struct RayBatch: Sendable {
    /// `[n, 6]`: origin and unit direction, world units.
    public let rays: NDArray

    public init(_ rays: NDArray) {
        precondition(rays.rank == 2 && rays.shape[1] == 6, "RayBatch: rays are [n, 6], not \(rays.shape)")
        self.rays = rays
    }

    public var count: Int { rays.shape[0] }

    /// The rays of several equally sized images, one after another.
    public init(_ cameras: [Camera], width: Int, height: Int) {
        let each = width * height * 6
        self.init(
            NDArray(shape: [cameras.count * width * height, 6]) { buffer in
                for (i, camera) in cameras.enumerated() {
                    camera.write(
                        width: width, height: height,
                        to: UnsafeMutableBufferPointer(rebasing: buffer[i * each..<(i + 1) * each]))
                }
            })
    }

    /// All rays of `batches`, in order.
    public static func concatenated(_ batches: [RayBatch]) -> RayBatch {
        let count = batches.reduce(0) { $0 + $1.count }
        return RayBatch(
            NDArray(shape: [count, 6]) { buffer in
                var at = 0
                for batch in batches {
                    batch.rays.withUnsafeBuffer { source in
                        _ = UnsafeMutableBufferPointer(rebasing: buffer[at..<at + source.count])
                            .update(fromContentsOf: source)
                        at += source.count
                    }
                }
            })
    }
}
