// Encodes rendered views to latents of an autoencoder, with the pullback.

package import Arrays
import Autograd
import Radiance
package import StableDiffusion

extension EncodedViews {
    /// Composites views over a background, resizes and encodes them.
    /// - Parameters:
    ///   - views: `[views, size, size, 4]`, premultiplied, 0...1.
    ///   - background: sRGB, three numbers.
    ///   - side: side of the autoencoder's input, in pixels.
    ///   - autoencoder: encodes the pictures, scaled to [-1, 1].
    /// - Returns: latents, and the pullback from their derivatives to those of the rendered views.
    package static func latents(
        _ views: NDArray, background: [Float], side: Int, _ autoencoder: Autoencoder
    ) -> EncodedViews {
        let rendered = Tensor.variable(views)
        let opacity = rendered.sliced(axis: 3, 3..<4)
        let colour = rendered.sliced(axis: 3, 0..<3)
        let behind = Tensor(NDArray(background, shape: [1, 1, 1, 3]))
        let pictures = colour + (1 - opacity) * behind
        let latents = autoencoder.encode((pictures * 2 - 1).resizedBilinear(height: side, width: side))
        return EncodedViews(values: latents.value) { slope in
            gradients(of: latents, seed: slope, withRespectTo: [rendered])[0]
        }
    }
}
