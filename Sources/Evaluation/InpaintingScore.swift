// Scores of filled holes.

import Foundation

/// Mean scores of one way to fill holes.
public struct InpaintingScore: Codable, Sendable {
    public var method: String
    /// dB inside the holes.
    public var psnr: Double
    /// Structural similarity inside the holes, 1 is best.
    public var ssim: Double
    /// ``PerceptualDistance`` inside the holes, 0 is best.
    public var perceptual: Double
    public var holes: Int

    /// The head of the table whose rows are ``row``.
    public static let head = "method               holes     PSNR     SSIM  perceptual"

    public var row: String {
        let name = method.padding(toLength: 18, withPad: " ", startingAt: 0)
        return name
            + String(format: "%8d %8.2f %8.4f %11.4f", holes, psnr, ssim, perceptual)
    }
}
