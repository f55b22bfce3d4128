// Rendering of objects: colour, alpha, depth, normals.

package import Arrays

/// A rendered image; all buffers are row-major with the origin at the top left.
public struct ToyPicture: Sendable {
    public let width: Int
    public let height: Int
    /// [height, width, 4]: premultiplied display values in [0, 1], and coverage.
    public var colour: [Float]
    /// [height, width]: distance along the view axis in scene units, 0 outside the object.
    public var depth: [Float]
    /// [height, width, 3]: unit normals in the world, 0 outside.
    public var normal: [Float]

    /// Coverage of pixel (x, y).
    public func alpha(_ x: Int, _ y: Int) -> Float { colour[(y * width + x) * 4 + 3] }

    /// [height, width, 4] as bytes, premultiplied.
    public var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: colour.count) { buffer, count in
            count = colour.count
            if let base = buffer.baseAddress { Kernels.bytes(colour, count: count, into: base) }
        }
    }
}

public enum ToyRenderer {
    /// Renders with `samples`² rays per pixel.
    public static func render(
        _ object: ToyObject, camera: ToyCamera, width: Int, height: Int, light: ToyLight? = nil,
        samples: Int = 2
    ) -> ToyPicture {
        render(
            object, camera: camera, width: width, height: height, light: light, samples: samples,
            tier: .selected)
    }

    /// The same with the kernels of one tier.
    package static func render(
        _ object: ToyObject, camera: ToyCamera, width: Int, height: Int, light: ToyLight? = nil,
        samples: Int = 2,
        tier: KernelTier
    ) -> ToyPicture {
        precondition(
            width > 0 && height > 0 && samples > 0, "ToyRenderer: empty picture \(width)x\(height)x\(samples)"
        )
        let pixels = width * height
        var picture = ToyPicture(
            width: width, height: height, colour: [Float](repeating: 0, count: pixels * 4),
            depth: [Float](repeating: 0, count: pixels), normal: [Float](repeating: 0, count: pixels * 3))
        Kernels.render(
            object, camera: camera.packed, light: (light ?? object.light).packed, width: width,
            height: height,
            samples: samples, colour: &picture.colour, depth: &picture.depth, normal: &picture.normal,
            tier: tier)
        return picture
    }

    /// Premultiplied RGBA bytes [size, size, 4] into `bytes`, without depth and normals; for datasets.
    static func renderBytes(
        _ object: ToyObject, camera: ToyCamera, size: Int, into bytes: UnsafeMutablePointer<UInt8>
    ) {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: size * size * 4) { buffer in
            guard let base = buffer.baseAddress else { return }
            Kernels.render(
                object, camera: camera.packed, light: object.light.packed, width: size, height: size,
                samples: 2,
                colour: base, depth: nil, normal: nil)
            Kernels.bytes(base, count: size * size * 4, into: bytes)
        }
    }

    /// The camera whose square window frames the object as the lift frames a photograph: centred on the bounding box
    /// of its silhouette, whose larger side is `fraction` of the window.
    public static func framing(_ object: ToyObject, camera: ToyCamera, fraction: Float = 46.0 / 64)
        -> ToyCamera
    {
        let side = 160
        let mask = [Float](unsafeUninitializedCapacity: side * side) { buffer, count in
            count = side * side
            guard let base = buffer.baseAddress else { return }
            Kernels.mask(object, camera: camera.packed, width: side, height: side, samples: 1, into: base)
        }
        var x0 = side, x1 = 0, y0 = side, y1 = 0
        for y in 0..<side {
            for x in 0..<side where mask[y * side + x] > 0.5 {
                (x0, x1, y0, y1) = (min(x0, x), max(x1, x + 1), min(y0, y), max(y1, y + 1))
            }
        }
        guard x1 > x0 else { return camera }
        let pixel = camera.width / Float(side)
        return camera.windowed(
            u: camera.left + Float(x0 + x1) / 2 * pixel, v: camera.top - Float(y0 + y1) / 2 * pixel,
            side: Float(max(x1 - x0, y1 - y0)) * pixel / fraction)
    }
}
