// Supersampled pictures of an object through an orbit camera, plain and lit.

import Meshes
import Toybox

/// Renders square pictures of one side with one buffer.
final class ViewRenderer {
    let side: Int
    private let samples: Int
    private let buffer: FragmentBuffer
    private var projected: [SIMD3<Float>] = []

    /// - Parameter samples: Side of the square of samples in a pixel.
    init(side: Int, samples: Int) {
        self.side = side
        self.samples = samples
        buffer = FragmentBuffer(width: side * samples, height: side * samples)
    }

    /// Finds what is seen.
    private func draw(_ surface: SurfaceMesh, _ camera: ToyCamera) {
        let scale = Float(buffer.width) / camera.width
        if projected.count != surface.positions.count {
            projected = [SIMD3<Float>](repeating: .zero, count: surface.positions.count)
        }
        let position = camera.position, right = camera.right, up = camera.up, forward = camera.forward
        let left = camera.left, top = camera.top
        surface.positions.withUnsafeBufferPointer { from in
            projected.withUnsafeMutableBufferPointer { to in
                for i in from.indices {
                    let offset = from[i] - position
                    let z = offset.dot(forward)
                    to[i] = SIMD3(
                        (offset.dot(right) / z - left) * scale, (top - offset.dot(up) / z) * scale, z)
                }
            }
        }
        projected.withUnsafeBufferPointer { points in
            surface.faces.withUnsafeBufferPointer { buffer.draw(points, faces: $0, projection: .perspective) }
        }
    }

    /// The box of what is seen in window coordinates (u to the right, v up); nil where nothing is.
    func silhouette(_ surface: SurfaceMesh, _ camera: ToyCamera) -> (low: SIMD2<Float>, high: SIMD2<Float>)? {
        draw(surface, camera)
        let width = buffer.width
        var x0 = width, x1 = 0, y0 = width, y1 = 0
        for y in 0..<width {
            for x in 0..<width where buffer.face[y * width + x] >= 0 {
                (x0, x1, y0, y1) = (min(x0, x), max(x1, x + 1), min(y0, y), max(y1, y + 1))
            }
        }
        guard x1 > x0 else { return nil }
        let pixel = camera.width / Float(width)
        return (
            SIMD2(camera.left + Float(x0) * pixel, camera.top - Float(y1) * pixel),
            SIMD2(camera.left + Float(x1) * pixel, camera.top - Float(y0) * pixel)
        )
    }

    /// Premultiplied RGBA bytes `[side, side, 4]`, plain and lit.
    /// - Parameter visible: what of the window is not cut off, as (low, high) of u and v; nil for all of it.
    func render(
        _ shader: SurfaceShader, camera: ToyCamera, highlight: Bool,
        visible: (low: SIMD2<Float>, high: SIMD2<Float>)? = nil,
        plain: UnsafeMutablePointer<UInt8>?, lit: UnsafeMutablePointer<UInt8>?
    ) {
        draw(shader.surface, camera)
        let width = buffer.width, share = 1 / Float(samples * samples), pixel = camera.width / Float(side)
        for y in 0..<side {
            for x in 0..<side {
                var sumPlain = SIMD4<Float>.zero, sumLit = SIMD4<Float>.zero
                let u = camera.left + (Float(x) + 0.5) * pixel, v = camera.top - (Float(y) + 0.5) * pixel
                let hidden =
                    visible.map { u < $0.low.x || u > $0.high.x || v < $0.low.y || v > $0.high.y } ?? false
                if !hidden {
                    var last: Int32 = -1, colours = (plain: SIMD3<Float>.zero, lit: SIMD3<Float>.zero)
                    for sy in 0..<samples {
                        for sx in 0..<samples {
                            let sample = (y * samples + sy) * width + x * samples + sx
                            let face = buffer.face[sample]
                            guard face >= 0 else { continue }
                            // Samples of one face in one pixel look alike: the first stands for all.
                            if face != last {
                                colours = shader.colours(
                                    face: Int(face), weights: buffer.weights[sample], eye: camera.position,
                                    highlight: highlight)
                                last = face
                            }
                            sumPlain += SIMD4(colours.plain, 1)
                            sumLit += SIMD4(colours.lit, 1)
                        }
                    }
                }
                let target = (y * side + x) * 4
                if let plain { store(sumPlain * share, plain + target) }
                if let lit { store(sumLit * share, lit + target) }
            }
        }
    }

    @inline(__always)
    private func store(_ value: SIMD4<Float>, _ target: UnsafeMutablePointer<UInt8>) {
        let bytes = (value.clamped(lowerBound: .zero, upperBound: .one) * 255).rounded(.toNearestOrEven)
        for c in 0..<4 { target[c] = UInt8(bytes[c]) }
    }
}
