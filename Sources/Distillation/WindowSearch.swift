// Where a framed photograph lies in a rendered view of the same thing.

import Arrays
import Foundation
import StableDiffusion

/// Finds the scale and shift that lay a photograph over a view.
///
/// A point of the photograph is `principalPoint + magnification * f` for the point f of the view, in half picture
/// heights, y up. Whole pictures are compared, not boxes: a soft view loses its thin parts, and with them the
/// edges of its box, but its mass stays where it is.
struct WindowSearch {
    /// `[n, n, 4]` and `[m, m, 4]`, premultiplied; nothing lies outside.
    let photograph: NDArray
    let view: NDArray
    /// What the prior thinks; the search starts there and pays for leaving it.
    var guess: PictureWindow?

    /// How far a guess may be off, in half pictures and in parts of itself: about the starter prior's mean errors on
    /// pictures that it never saw.
    private static let shiftError: Float = 0.02
    private static let magnificationError: Float = 0.08
    /// Weight of the squared distance from the guess, in such errors, against the mean squared difference of pixels.
    private static let trust: Float = 1e-3

    private struct Mass {
        var area: Float = 0
        var centre = SIMD2<Float>.zero
    }

    /// Haze fainter than this is not part of the thing.
    private static let haze: Float = 0.15

    /// The best window, or nil if the view is empty.
    func find() -> PictureWindow? {
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
                    // About the middle of the thing, so that scale and shift do not pull at each other.
                    next.magnification = PictureWindow.plausible(
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

    /// The window that gives both the same area and middle.
    private func overlay(of taken: Mass, on seen: Mass) -> PictureWindow {
        let magnification = PictureWindow.plausible(magnification: (taken.area / seen.area).squareRoot())
        return PictureWindow(
            principalPoint: taken.centre - magnification * seen.centre, magnification: magnification)
    }

    private func cost(_ window: PictureWindow) -> Float {
        let difference = difference(window) / Float(view.shape[0] * view.shape[0])
        guard let guess else { return difference }
        let shift = (window.principalPoint - guess.principalPoint) / WindowSearch.shiftError
        let scale = log(window.magnification / guess.magnification) / WindowSearch.magnificationError
        return difference + WindowSearch.trust * ((shift * shift).sum() + scale * scale)
    }

    /// Sum of squared differences over the view's pixels.
    private func difference(_ window: PictureWindow) -> Float {
        let size = view.shape[0], side = photograph.shape[0]
        // Pixel (x, y) of the view to a position in the photograph, both from the top left pixel's centre.
        let ratio = window.magnification * Float(side) / Float(size)
        let half = Float(side) / 2, middle = (Float(size) - 1) / 2
        let origin = SIMD2(
            half * (1 + window.principalPoint.x) - 0.5, half * (1 - window.principalPoint.y) - 0.5)
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
