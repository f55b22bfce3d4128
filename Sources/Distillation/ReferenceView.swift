// The photograph: framed pictures at several sizes, and where its camera must stand to see the field so framed.

package import Arrays
import Images
import Radiance

/// The reference picture and its camera.
package struct ReferenceView: Sendable {
    /// `[side, side, 4]`, premultiplied.
    let picture: NDArray
    /// The object's box in the picture, as centre and longer side in half picture heights (y up).
    let centre: SIMD2<Float>
    let side: Float
    let elevation: Float

    package init(picture: NDArray, elevation: Float) throws {
        precondition(
            picture.rank == 3 && picture.shape[0] == picture.shape[1] && picture.shape[2] == 4,
            "ReferenceView: picture \(picture.shape), expected [side, side, 4]")
        guard let box = Self.box(picture, alpha: 3, stride: 4, size: picture.shape[0]) else {
            throw FieldError("the reference picture is empty: no pixel is covered by more than a half")
        }
        self.picture = picture
        (centre, side) = box
        self.elevation = elevation
    }

    /// The picture at another size, each pixel the mean of what it covers.
    package static func resized(_ picture: NDArray, to size: Int) -> NDArray {
        if picture.shape[0] == size { return picture }
        return Image(premultiplied: picture).resized(width: size, height: size, filter: .box).premultiplied()
    }

    func picture(size: Int) -> NDArray { Self.resized(picture, to: size) }

    /// The standard camera at the reference's place, before its window is set.
    func unframed(like ring: Camera) -> Camera {
        let radius = (ring.position * ring.position).sum().squareRoot()
        return Camera(azimuth: 0, elevation: elevation, radius: radius, fieldOfView: ring.fieldOfView)
    }

    /// The camera whose window shows the object framed as the picture is.
    ///
    /// How large the object stands in the prior's world is unknown from a cropped photograph. It is read off the
    /// prior's front view and carried to the photo's elevation by the field that was formed from the prior's views;
    /// comparing like with like cancels that the field is still soft.
    func camera(for field: RadianceField, imagined: PosedPictures, samplesAcross: Int) -> Camera {
        let front = imagined.cameras.indices.min {
            abs(imagined.cameras[$0].azimuth) < abs(imagined.cameras[$1].azimuth)
        }
        guard let front else { preconditionFailure("ReferenceView.camera: no imagined views") }
        let size = 192
        func seen(_ camera: Camera) -> Box? {
            let outputs = field.render(
                camera.rays(width: size, height: size), RenderSettings(samplesAcross: samplesAcross)
            ).outputs
            return Self.box(outputs, alpha: 3, stride: Rendering.columns, size: size)
        }
        let drawn = Image(premultiplied: imagined.pixels[leading: front])
            .resized(width: size, height: size, filter: .bilinear).premultiplied()
        var camera = unframed(like: imagined.cameras[front])
        guard let truth = Self.box(drawn, alpha: 3, stride: 4, size: size) else { return camera }
        var (middle, extent) = truth
        if let there = seen(imagined.cameras[front]), let here = seen(camera) {
            extent *= max(0.8, min(1.25, here.side / there.side))
            middle += here.centre - there.centre
        }
        camera.magnification = max(0.5, min(3, side / extent))
        camera.principalPoint = centre - middle * camera.magnification
        return camera
    }

    /// Centre and longer side in half picture heights, y up.
    private typealias Box = (centre: SIMD2<Float>, side: Float)

    private static func box(
        _ values: NDArray, alpha: Int, stride: Int, size: Int
    ) -> (centre: SIMD2<Float>, side: Float)? {
        var (x0, x1, y0, y1) = (size, 0, size, 0)
        values.withUnsafeBuffer { v in
            for y in 0..<size {
                for x in 0..<size where v[(y * size + x) * stride + alpha] > 0.5 {
                    (x0, x1, y0, y1) = (min(x0, x), max(x1, x + 1), min(y0, y), max(y1, y + 1))
                }
            }
        }
        guard x1 > x0 else { return nil }
        let half = Float(size) / 2
        let centre = SIMD2(Float(x0 + x1) / 2 - half, half - Float(y0 + y1) / 2) / half
        return (centre, Float(max(x1 - x0, y1 - y0)) / half)
    }
}
