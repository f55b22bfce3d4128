// Pictures as patches, and views as channels of one grid.

import Autograd

extension Tensor {
    /// Pixels of `patch × patch` blocks as channels, ordered colour, row, column: PyTorch's `pixel_unshuffle`.
    func patchChannels(_ patch: Int) -> Tensor {
        let (b, h, w, c) = (shape[0], shape[1] / patch, shape[2] / patch, shape[3])
        return reshaped([b, h, patch, w, patch, c]).transposed([0, 1, 3, 5, 2, 4])
            .reshaped([b, h, w, c * patch * patch])
    }

    /// The inverse of `patchChannels`.
    func pixels(_ patch: Int) -> Tensor {
        let (b, h, w, c) = (shape[0], shape[1], shape[2], shape[3] / (patch * patch))
        return reshaped([b, h, w, c, patch, patch]).transposed([0, 1, 4, 2, 5, 3])
            .reshaped([b, h * patch, w * patch, c])
    }

    /// `[views, h, w, c]` to `[1, h, w, views · c]`.
    func stackedViews(_ count: Int) -> Tensor {
        let (h, w, c) = (shape[1], shape[2], shape[3])
        return transposed([1, 2, 0, 3]).reshaped([1, h, w, count * c])
    }

    /// The inverse of `stackedViews`.
    func unstackedViews(_ count: Int) -> Tensor {
        let (h, w, c) = (shape[1], shape[2], shape[3] / count)
        return reshaped([h, w, count, c]).transposed([2, 0, 1, 3])
    }
}
