// PSNR and intersection over union of arrays.

package import Arrays
import Foundation

/// Scores of arrays in 0 … 1.
package enum PictureScores {
    /// Peak signal-to-noise ratio of two arrays of one shape, peak 1, in dB, at most 60.
    package static func psnr(_ a: NDArray, _ b: NDArray) -> Double {
        precondition(a.shape == b.shape, "psnr: shapes \(a.shape) and \(b.shape) differ")
        let sum = a.withUnsafeBuffer { a in
            b.withUnsafeBuffer { b in
                zip(a, b).reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
            }
        }
        return decibel(sum / Double(max(1, a.count)))
    }

    /// PSNR of the colours where `mask` is above one half, in dB, at most 60.
    ///
    /// - Parameters:
    ///   - a: `[height, width, 3]`
    ///   - b: `[height, width, 3]`
    ///   - mask: `[height, width]`
    package static func psnr(_ a: NDArray, _ b: NDArray, inside mask: NDArray) -> Double {
        precondition(
            a.shape == b.shape && mask.count * 3 == a.count,
            "psnr: shapes \(a.shape), \(b.shape) and mask \(mask.shape) do not agree")
        var sum = 0.0
        var count = 0
        a.withUnsafeBuffer { a in
            b.withUnsafeBuffer { b in
                mask.withUnsafeBuffer { mask in
                    for pixel in mask.indices where mask[pixel] > 0.5 {
                        count += 3
                        for index in pixel * 3..<pixel * 3 + 3 {
                            let difference = Double(a[index] - b[index])
                            sum += difference * difference
                        }
                    }
                }
            }
        }
        return decibel(sum / Double(max(1, count)))
    }

    /// PSNR of the colours of two images inside a mask; 60 if it is empty.
    package static func psnr(_ a: Image, _ b: Image, inside mask: Mask) -> Double {
        psnr(a.rgb.pixels, b.rgb.pixels, inside: mask.values)
    }

    /// Intersection over union of two opacities thresholded at one half; 1 when both are empty.
    package static func intersectionOverUnion(_ a: NDArray, _ b: NDArray) -> Double {
        precondition(a.count == b.count, "intersectionOverUnion: shapes \(a.shape) and \(b.shape) differ")
        var both = 0
        var either = 0
        a.withUnsafeBuffer { a in
            b.withUnsafeBuffer { b in
                for (x, y) in zip(a, b) {
                    both += x > 0.5 && y > 0.5 ? 1 : 0
                    either += x > 0.5 || y > 0.5 ? 1 : 0
                }
            }
        }
        return either == 0 ? 1 : Double(both) / Double(either)
    }

    /// The ratio of a peak of 1 to a mean squared error, in dB; errors are at least `least`.
    package static func decibel(_ meanSquare: Double, least: Double = 1e-6) -> Double {
        -10 * log10(max(meanSquare, least))
    }
}
