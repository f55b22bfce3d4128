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

    /// The camera whose window shows the field's silhouette framed as the picture is.
    ///
    /// How large the object stands in the prior's world is unknown from a cropped photograph, so it is read off the
    /// field once the prior has formed it.
    func camera(for field: RadianceField, like ring: Camera, samplesAcross: Int) -> Camera {
        var camera = unframed(like: ring)
        let size = 128
        let seen = field.render(
            camera.rays(width: size, height: size), RenderSettings(samplesAcross: samplesAcross))
        if let box = Self.box(seen.outputs, alpha: 3, stride: 9, size: size) {
            camera.magnification = max(0.5, min(3, side / box.side))
            camera.principalPoint = centre - box.centre * camera.magnification
        }
        return camera
    }

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
