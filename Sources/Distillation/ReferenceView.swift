// The photograph: framed pictures at several sizes, and where its camera must stand to see the field so framed.

package import Arrays
import Images
import Radiance

/// The reference picture and its camera.
package struct ReferenceView: Sendable {
    /// `[side, side, 4]`, premultiplied.
    let picture: NDArray
    let elevation: Float

    package init(picture: NDArray, elevation: Float) throws {
        precondition(
            picture.rank == 3 && picture.shape[0] == picture.shape[1] && picture.shape[2] == 4,
            "ReferenceView: picture \(picture.shape), expected [side, side, 4]")
        let isCovered = picture.withUnsafeBuffer { values in
            stride(from: 3, to: values.count, by: 4).contains { values[$0] > 0.5 }
        }
        guard isCovered else {
            throw FieldError("the reference picture is empty: no pixel is covered by more than a half")
        }
        self.picture = picture
        self.elevation = elevation
    }

    /// The picture at another size, each pixel the mean of what it covers.
    package static func resized(_ picture: NDArray, to size: Int) -> NDArray {
        if picture.shape[0] == size { return picture }
        return Image(premultiplied: picture).resized(width: size, height: size, filter: .box).premultiplied()
    }

    func picture(size: Int) -> NDArray { Self.resized(picture, to: size) }

    /// The standard camera in the reference's direction, before its crop is set.
    func unframed(like ring: Camera) -> Camera {
        let radius = (ring.position * ring.position).sum().squareRoot()
        return Camera(azimuth: 0, elevation: elevation, radius: radius, fieldOfView: ring.fieldOfView)
    }

    /// The camera under which the field appears framed as the reference picture.
    ///
    /// How large the object stands in the prior's world, and where, is unknown from a cropped photograph. It is read off
    /// the field that was formed from the prior's views, seen from the photo's elevation, near the prior's guess.
    func camera(
        for field: RadianceField, like ring: Camera, guess: CropTransform?, samplesAcross: Int
    ) -> Camera {
        let size = 96
        var camera = unframed(like: ring)
        let seen = field.render(
            camera.rays(width: size, height: size), RenderSettings(samplesAcross: samplesAcross)
        ).picture(width: size, height: size)
        let search = CropSearch(photograph: picture(size: size), view: seen, guess: guess)
        if let crop = search.find() {
            camera.magnification = crop.magnification
            camera.principalPoint = crop.principalPoint
        }
        return camera
    }
}
