// A mask of pixels as a mask of latents.

import Arrays
import Images

/// How a mask of pixels becomes one of latents, each of which covers a block of pixels.
public enum LatentMaskRule: String, Sendable, CaseIterable {
    /// A latent is free where any of its pixels is: what is to change can change up to its border.
    case maxPool
    /// A latent is free where the first pixel of its block is: what diffusers does, for comparisons with it.
    case nearest
}

extension Mask {
    /// 1 where latents are free and 0 where they are kept, `[1, height / downscale, width / downscale, 1]`.
    ///
    /// Pixels count as inside from one half up.
    /// - Precondition: both sides are multiples of `downscale`.
    func latents(downscale: Int, _ rule: LatentMaskRule) -> NDArray {
        precondition(
            width % downscale == 0 && height % downscale == 0,
            "latent mask: \(width) x \(height) is no multiple of \(downscale)")
        let (rows, columns) = (height / downscale, width / downscale)
        let hard = thresholded
        switch rule {
        case .maxPool:
            return hard.reshaped([1, height, width, 1])
                .pooled(size: downscale, stride: downscale, maximum: true)
        case .nearest:
            return hard.reshaped([1, rows, downscale, columns, downscale])
                .sliced(axis: 4, 0..<1).sliced(axis: 2, 0..<1).reshaped([1, rows, columns, 1])
        }
    }

    /// 1 from one half up, else 0, `[height, width]`.
    var thresholded: NDArray {
        values.withUnsafeBuffer { values in
            NDArray(shape: [height, width]) { out in
                for index in values.indices { out[index] = values[index] >= 0.5 ? 1 : 0 }
            }
        }
    }
}
