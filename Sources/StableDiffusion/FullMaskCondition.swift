// The inpainting condition for generation without an image.

import Arrays
import Autograd
import Synchronization

/// The inpainting condition of a completely masked image, computed once per size.
final class FullMaskCondition: Sendable {
    private struct Size: Hashable {
        let height: Int
        let width: Int
    }

    private let known = Mutex<[Size: NDArray]>([:])

    /// - Returns: `[1, height, width, 1 + latentChannels]`: ones, and the scaled latents of a grey image.
    func condition(_ height: Int, _ width: Int, _ autoencoder: Autoencoder) -> NDArray {
        let size = Size(height: height, width: width)
        if let found = known.withLock({ $0[size] }) { return found }
        let scale = autoencoder.downscale
        let grey = Tensor(NDArray.zeros([1, height * scale, width * scale, autoencoder.pictureChannels]))
        let mask = Tensor(NDArray.full(1, [1, height, width, 1]))
        let made = Tensor.concatenated([mask, autoencoder.encode(grey)], axis: 3).value
        known.withLock { $0[size] = made }
        return made
    }
}
