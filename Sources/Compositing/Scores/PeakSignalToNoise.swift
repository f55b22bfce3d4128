// PSNR inside a mask.

import Arrays
import Foundation
public import Images

/// Peak signal-to-noise ratio of pictures.
public enum PeakSignalToNoise {
    /// Peak signal-to-noise ratio of the colours of two pictures inside a mask, peak 1, in dB, at most 60.
    public static func score(_ a: Image, _ b: Image, inside mask: Mask) -> Double {
        requireOneSize(a, b, mask)
        let (x, y) = (a.rgb, b.rgb)
        var sum = 0.0, count = 0
        x.pixels.withUnsafeBuffer { x in
            y.pixels.withUnsafeBuffer { y in
                for (pixel, isInside) in mask.inside.enumerated() where isInside {
                    for k in pixel * 3..<pixel * 3 + 3 { sum += Double((x[k] - y[k]) * (x[k] - y[k])) }
                    count += 3
                }
            }
        }
        return count == 0 ? 60 : -10 * log10(max(sum / Double(count), 1e-6))
    }
}
