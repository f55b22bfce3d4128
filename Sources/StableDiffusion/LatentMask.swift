// Conversion of pixel masks to latent masks.

import Arrays
import Images

/// How a mask of pixels is reduced to one of latents, each of which covers a block of pixels.
public enum LatentMaskRule: String, Sendable, CaseIterable {
    /// A latent is generated if any of its pixels is, so that the whole masked region can change.
    case maxPool
    /// A latent is generated if the first pixel of its block is, as in diffusers; for comparison with it.
    case nearest
}

extension Mask {
    /// 1 where latents are generated and 0 where they are preserved, `[1, height / downscale, width / downscale, 1]`.
    ///
    /// Pixels with a value of at least one half count as masked.
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

    /// 1 for values of at least one half, else 0; `[height, width]`.
    var thresholded: NDArray {
        values.withUnsafeBuffer { values in
            NDArray(shape: [height, width]) { out in
                for index in values.indices { out[index] = values[index] >= 0.5 ? 1 : 0 }
            }
        }
    }
}
