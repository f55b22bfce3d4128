// Renders against analytic answers, of every class from all sides, and across instruction sets.

import Arrays
import Foundation
import Testing
import Toybox

@Suite struct RenderingTests {
    let ball = {
        var builder = ToyBuilder(random: ToyRandom(key: 1))
        builder.ball(0.5, at: .zero, ToyPaint(0.8, 0.2, 0.2))
        return ToyObject(parts: builder.parts, radius: 0.8)
    }()

    @Test func sphereHasItsAnalyticSilhouetteDepthAndNormal() {
        let size = 128, camera = ToyCamera(azimuth: 70, elevation: 20)
        let picture = ToyRenderer.render(ball, camera: camera, width: size, height: size)
        // A sphere of radius r at distance d covers a disc of radius r / √(d² − r²) at unit distance.
        let r: Float = 0.8, d = ToyCamera.standardDistance, half = tan(Float.pi / 8)
        let expected = Float.pi * r * r / (d * d - r * r) / (4 * half * half)
        var covered: Float = 0
        for i in 0..<(size * size) { covered += picture.colour[i * 4 + 3] }
        // The 48³ grid measures the radius to about a percent.
        #expect(abs(covered / Float(size * size) / expected - 1) < 0.03)
        let centre = (size / 2) * size + size / 2
        #expect(abs(picture.depth[centre] - (d - r)) < 0.02)
        let normal = Vector(
            picture.normal[centre * 3], picture.normal[centre * 3 + 1], picture.normal[centre * 3 + 2])
        #expect(normal.dot(camera.forward) < -0.999)
        #expect(picture.depth[0] == 0 && picture.alpha(0, 0) == 0)
    }

    /// Off the centre, depth is measured along the view axis, not along the ray.
    @Test func distanceAlongTheAxisIsDepth() {
        let size = 128,
            picture = ToyRenderer.render(
                ball, camera: ToyCamera(azimuth: 0, elevation: 0), width: size, height: size, samples: 1)
        let x = 84, y = 64, half = tan(Float.pi / 8)
        let u = ((Float(x) + 0.5) / Float(size) * 2 - 1) * half,
            v = (1 - (Float(y) + 0.5) / Float(size) * 2) * half
        let a = u * u + v * v + 1, d = ToyCamera.standardDistance
        let t = (d - (d * d - a * (d * d - 0.64)).squareRoot()) / a
        #expect(abs(picture.depth[y * size + x] - t) < 0.03)
    }

    @Test(arguments: ToyObject.classNames)
    func everyClassIsWholeInTheFrameFromAllSides(name: String) throws {
        for seed in UInt64(0)..<3 {
            let object = try ToyObject.make(seed: seed, split: .heldOut, className: name)
            for view in 0..<6 {
                let camera = ToyCamera(azimuth: Float(view) * 60, elevation: view % 2 == 0 ? 10 : 35),
                    size = 48
                let picture = ToyRenderer.render(
                    object, camera: camera, width: size, height: size, samples: 1)
                var covered = 0, border = 0
                for y in 0..<size {
                    for x in 0..<size where picture.alpha(x, y) > 0 {
                        covered += 1
                        if x == 0 || y == 0 || x == size - 1 || y == size - 1 { border += 1 }
                    }
                }
                #expect(covered > 25, "\(name) \(seed) from view \(view)")
                #expect(border == 0, "\(name) \(seed) from view \(view)")
                #expect(picture.colour.allSatisfy { $0 >= 0 && $0 <= 1 })
            }
        }
    }

    @Test func tiersAgree() throws {
        for seed in UInt64(0)..<12 {
            let object = try ToyObject.make(seed: seed, split: .train),
                camera = ToyCamera(azimuth: 30, elevation: 12)
            let pictures = KernelTier.available.map {
                ToyRenderer.render(
                    object, camera: camera, width: 64, height: 64, light: nil, samples: 2, tier: $0
                ).colour
            }
            for other in pictures.dropFirst() {
                let squared = zip(pictures[0], other).reduce(Float(0)) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
                // Fused multiply-adds move a few silhouette samples; a picture has 16 384 values.
                #expect(squared / Float(other.count) < 2e-4, "\(object.caption)")
            }
        }
    }

    @Test func cropIsTheSameRender() throws {
        let object = try ToyObject.make(seed: 3, split: .train, className: "chair")
        let camera = ToyCamera(azimuth: 20, elevation: 15)
        let whole = ToyRenderer.render(object, camera: camera, width: 64, height: 64)
        let part = ToyRenderer.render(
            object, camera: camera.cropped(x: 16..<48, y: 24..<56, of: (64, 64)), width: 32, height: 32)
        var differing = 0
        for y in 0..<32 {
            for x in 0..<32 {
                let a = part.alpha(x, y), b = whole.alpha(x + 16, y + 24)
                if abs(a - b) > 0.01 { differing += 1 }
            }
        }
        // The same rays up to rounding: a supersample on an edge may flip now and then.
        #expect(differing <= 10)
    }

    @Test func framingCentresAndFills() throws {
        for seed in UInt64(0)..<8 {
            let object = try ToyObject.make(seed: seed, split: .train)
            let camera = ToyRenderer.framing(object, camera: ToyCamera(azimuth: 33, elevation: 9)), size = 64
            let picture = ToyRenderer.render(object, camera: camera, width: size, height: size)
            var (x0, x1, y0, y1) = (size, 0, size, 0)
            for y in 0..<size {
                for x in 0..<size where picture.alpha(x, y) >= 0.5 {
                    (x0, x1, y0, y1) = (min(x0, x), max(x1, x + 1), min(y0, y), max(y1, y + 1))
                }
            }
            #expect(abs(max(x1 - x0, y1 - y0) - 46) <= 2, "\(object.caption)")
            #expect(abs(x0 + x1 - size) <= 3 && abs(y0 + y1 - size) <= 3, "\(object.caption)")
        }
    }

    /// What the window says of the crop holds for the pictures: the silhouette's middle and area go where it says.
    @Test(arguments: [("teapot", -50.0), ("duck", 70.0), ("table", 20.0)] as [(String, Double)])
    func theWindowLaysTheViewOnTheCrop(className: String, azimuth: Double) throws {
        let object = try ToyObject.make(seed: 2, split: .heldOut, className: className)
        let whole = ToyCamera(azimuth: Float(azimuth), elevation: 12)
        let framed = ToyRenderer.framing(object, camera: whole)
        let window = framed.window(in: whole)
        let before = silhouette(object, whole), after = silhouette(object, framed)
        let moved = window.principalPoint + window.magnification * before.middle
        let error = after.middle - moved
        #expect(max(abs(error.x), abs(error.y)) < 0.01, "\(after.middle), expected \(moved)")
        let ratio = (after.area / before.area).squareRoot()
        #expect(abs(ratio / window.magnification - 1) < 0.02, "\(ratio), expected \(window.magnification)")
    }

    /// Middle, in half pictures from the centre, y up, and area of what covers pixels.
    private func silhouette(_ object: ToyObject, _ camera: ToyCamera) -> (middle: SIMD2<Float>, area: Float) {
        let size = 128, half = Float(size) / 2
        let picture = ToyRenderer.render(object, camera: camera, width: size, height: size)
        var middle = SIMD2<Float>.zero
        var area: Float = 0
        for y in 0..<size {
            for x in 0..<size {
                let alpha = picture.alpha(x, y)
                middle += alpha * SIMD2(Float(x) + 0.5 - half, half - Float(y) - 0.5) / half
                area += alpha
            }
        }
        return (middle / area, area)
    }

    /// Seen from straight ahead, a symmetric object has a symmetric silhouette.
    @Test func mirroredPartsAreSymmetric() throws {
        let object = try ToyObject.make(seed: 1, split: .train, className: "teddy bear")
        let picture = ToyRenderer.render(
            object, camera: ToyCamera(azimuth: 0, elevation: 0), width: 64, height: 64)
        var difference: Float = 0
        for y in 0..<64 {
            for x in 0..<32 { difference += abs(picture.alpha(x, y) - picture.alpha(63 - x, y)) }
        }
        #expect(difference < 8)
    }
}
