// The crop transform between a framed photograph and a rendered view of the same object.

import Arrays
import Foundation

/// Finds the crop transform under which a photograph best matches a rendered view, by coordinate descent.
///
/// A point of the photograph is `principalPoint + magnification * f` for the point f of the view, in half picture
/// heights, y up. All pixels are compared rather than bounding boxes: a blurred view lacks thin parts, which changes
/// its bounding box but hardly its centre of mass.
struct CropSearch {
    /// `[n, n, 4]` and `[m, m, 4]`, premultiplied RGBA; transparent outside.
    let photograph: NDArray
    let view: NDArray
    /// The prior's estimate: the start of the search, and the centre of its penalty.
    var guess: CropTransform?

    /// Standard errors of the estimate, in half picture heights and as a relative error: about the mean errors of the
    /// starter prior on held-out pictures.
    private static let shiftError: Float = 0.02
    private static let magnificationError: Float = 0.08
    /// Weight of the squared distance from the estimate, in standard errors, relative to the mean squared difference of
    /// pixels.
    private static let trust: Float = 1e-3

    private struct Mass {
        var area: Float = 0
        var centre = SIMD2<Float>.zero
    }

    /// Pixels of at most this opacity are ignored.
    private static let haze: Float = 0.15

    /// The best crop transform, or nil if one of the pictures is empty.
    func find() -> CropTransform? {
        let seen = Self.mass(view), taken = Self.mass(photograph)
        guard seen.area > 0, taken.area > 0 else { return nil }
        var best = guess ?? overlay(of: taken, on: seen)
        var error = cost(best)
        var step: Float = 0.1
        while step > 0.004 {
            var improved = false
            for move in 0..<6 {
                var next = best
                let amount = move % 2 == 0 ? step : -step
                switch move / 2 {
                case 0:
                    // Scaled about the object's centre of mass, so that scale and shift are independent.
                    next.magnification = CropTransform.plausible(
                        magnification: best.magnification * exp(amount))
                    next.principalPoint +=
                        (best.magnification - next.magnification) * seen.centre
                case 1: next.principalPoint.x += amount
                default: next.principalPoint.y += amount
                }
                let found = cost(next)
                if found < error { (best, error, improved) = (next, found, true) }
            }
            if !improved { step /= 2 }
        }
        return best
    }

    /// The crop transform that matches area and centre of mass.
    private func overlay(of taken: Mass, on seen: Mass) -> CropTransform {
        let magnification = CropTransform.plausible(magnification: (taken.area / seen.area).squareRoot())
        return CropTransform(
            principalPoint: taken.centre - magnification * seen.centre, magnification: magnification)
    }

    private func cost(_ crop: CropTransform) -> Float {
        let difference = difference(crop) / Float(view.shape[0] * view.shape[0])
        guard let guess else { return difference }
        let shift = (crop.principalPoint - guess.principalPoint) / CropSearch.shiftError
        let scale = log(crop.magnification / guess.magnification) / CropSearch.magnificationError
        return difference + CropSearch.trust * ((shift * shift).sum() + scale * scale)
    }

    /// Sum of squared differences over the view's pixels.
    private func difference(_ crop: CropTransform) -> Float {
        let size = view.shape[0], side = photograph.shape[0]
        // Pixel (x, y) of the view to a position in the photograph, both from the top left pixel's centre.
        let ratio = crop.magnification * Float(side) / Float(size)
        let half = Float(side) / 2, middle = (Float(size) - 1) / 2
        let origin = SIMD2(
            half * (1 + crop.principalPoint.x) - 0.5, half * (1 - crop.principalPoint.y) - 0.5)
        return view.withUnsafeBuffer { view in
            photograph.withUnsafeBuffer { photograph in
                func pixel(_ x: Int, _ y: Int) -> SIMD4<Float> {
                    guard x >= 0, y >= 0, x < side, y < side else { return .zero }
                    let i = (y * side + x) * 4
                    return SIMD4(photograph[i], photograph[i + 1], photograph[i + 2], photograph[i + 3])
                }
                var total = SIMD4<Float>.zero
                for y in 0..<size {
                    let v = origin.y + (Float(y) - middle) * ratio
                    let top = Int(v.rounded(.down)), down = v - Float(top)
                    for x in 0..<size {
                        let u = origin.x + (Float(x) - middle) * ratio
                        let left = Int(u.rounded(.down)), right = u - Float(left)
                        let above = pixel(left, top) * (1 - right) + pixel(left + 1, top) * right
                        let below = pixel(left, top + 1) * (1 - right) + pixel(left + 1, top + 1) * right
                        let i = (y * size + x) * 4
                        let d =
                            SIMD4(view[i], view[i + 1], view[i + 2], view[i + 3])
                            - (above * (1 - down) + below * down)
                        total += d * d
                    }
                }
                return total.sum()
            }
        }
    }

    /// Covered area, where the whole picture is 4, and its centre, in half picture heights.
    private static func mass(_ picture: NDArray) -> Mass {
        let size = picture.shape[0], half = Float(size) / 2
        var mass = Mass()
        picture.withUnsafeBuffer { p in
            for y in 0..<size {
                for x in 0..<size {
                    let opacity = p[(y * size + x) * 4 + 3]
                    guard opacity > haze else { continue }
                    mass.area += opacity
                    mass.centre += opacity * SIMD2(Float(x) + 0.5 - half, half - Float(y) - 0.5) / half
                }
            }
        }
        if mass.area > 0 { mass.centre /= mass.area }
        mass.area /= half * half
        return mass
    }
}
