// Mean scores of an inpainting method.

import Foundation

/// Mean scores of an inpainting method over all holes.
public struct InpaintingScore: Codable, Sendable {
    /// Name of the method.
    public var method: String
    /// PSNR inside the holes, dB.
    public var psnr: Double
    /// SSIM inside the holes, 1 is best.
    public var ssim: Double
    /// ``PerceptualDistance`` inside the holes, 0 is best.
    public var perceptual: Double
    /// Number of holes.
    public var holes: Int

    /// Header of the table whose rows are ``row``.
    public static let head = "method               holes     PSNR     SSIM  perceptual"

    /// A row of the table.
    public var row: String {
        let name = method.padding(toLength: 18, withPad: " ", startingAt: 0)
        return name
            + String(format: "%8d %8.2f %8.4f %11.4f", holes, psnr, ssim, perceptual)
    }
}
