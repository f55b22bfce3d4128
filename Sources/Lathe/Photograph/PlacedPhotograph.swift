// The photograph of a lift, framed, with the camera that took it.

package import Arrays
import Images
package import Radiance

/// The cut-out object of a photograph and its camera in the scene.
package struct PlacedPhotograph: Sendable {
    /// `[side, side, 4]`, premultiplied sRGB and opacity, 0 … 1.
    package let pixels: NDArray
    /// The camera under which the scene appears framed as `pixels`.
    package let camera: Camera
    /// The scene's planes of mirror symmetry, as far as they are known.
    package let mirrors: [MirrorPlane]

    /// See the properties.
    package init(pixels: NDArray, camera: Camera, mirrors: [MirrorPlane] = []) {
        precondition(
            pixels.rank == 3 && pixels.shape[0] == pixels.shape[1] && pixels.shape[2] == 4,
            "PlacedPhotograph: pixels \(pixels.shape), expected [side, side, 4]")
        self.pixels = pixels
        self.camera = camera
        self.mirrors = mirrors
    }

    /// Side in pixels.
    package var side: Int { pixels.shape[0] }

    /// How well a view from the photograph's camera agrees with it.
    /// - Parameter view: `[side, side, 4]`, premultiplied.
    /// - Returns: the PSNR of the premultiplied colours inside the object, dB; the IoU of the silhouettes.
    package func agreement(with view: NDArray) -> (psnr: Double, overlap: Double) {
        let (found, truth) = (Self.parts(of: view), Self.parts(of: pixels))
        return (
            PictureScores.psnr(found.colour, truth.colour, inside: truth.opacity),
            PictureScores.intersectionOverUnion(found.opacity, truth.opacity)
        )
    }

    /// Premultiplied colour `[n, 3]` and opacity `[n]`.
    private static func parts(of picture: NDArray) -> (colour: NDArray, opacity: NDArray) {
        let count = picture.count / 4
        let pixels = picture.scalars
        let colour = NDArray(shape: [count, 3]) { out in
            for i in 0..<count { for k in 0..<3 { out[3 * i + k] = pixels[4 * i + k] } }
        }
        return (colour, NDArray((0..<count).map { pixels[4 * $0 + 3] }, shape: [count]))
    }
}
