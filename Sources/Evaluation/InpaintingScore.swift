// Mean scores of an inpainting method.

import Foundation

/// Mean scores of an inpainting method over all holes.
package struct InpaintingScore: Codable, Sendable {
    /// Name of the method.
    package var method: String
    /// PSNR inside the holes, dB.
    package var psnr: Double
    /// SSIM inside the holes, 1 is best.
    package var ssim: Double
    /// ``PerceptualDistance`` inside the holes, 0 is best.
    package var perceptual: Double
    /// Number of holes.
    package var holes: Int

    /// Header of the table whose rows are ``row``.
    package static let head = "method               holes     PSNR     SSIM  perceptual"

    /// A row of the table.
    package var row: String {
        let name = method.padding(toLength: 18, withPad: " ", startingAt: 0)
        return name
            + String(format: "%8d %8.2f %8.4f %11.4f", holes, psnr, ssim, perceptual)
    }
}
