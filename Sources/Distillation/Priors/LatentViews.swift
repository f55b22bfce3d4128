// Rendered views to the latents of an autoencoder, with the way back.

package import Arrays
import Autograd
import Radiance
package import StableDiffusion

extension EncodedViews {
    /// Puts views over a background, resizes them and encodes them.
    /// - Parameters:
    ///   - views: `[views, size, size, 4]`, premultiplied, 0...1.
    ///   - background: sRGB, three numbers.
    ///   - side: of the picture the autoencoder gets, in pixels.
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
