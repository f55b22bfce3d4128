// What every edit promises, checked on the finished picture before anything is written.

import Arrays
public import Images

/// A promise that a finished edit does not keep; one line that says which and by how much.
public struct BrokenPromise: Error, CustomStringConvertible, Sendable {
    public let description: String
}

/// The promises of an edit: the picture keeps its size, nothing outside the hole changes, every value is a number, and the
/// border shows no step that is neither the picture's nor the model's own.
public enum Promise {
    /// The largest excess of the seam, in levels of 8 bits (see ``Seam/Steps/excess``).
    public static let seamBound: Float = 3

    /// Checks a result against the picture that it was made from.
    /// - Parameters:
    ///   - hole: where the result may differ.
    ///   - made: what was laid into the hole; nil if there is no model's picture to compare with.
    /// - Throws: ``BrokenPromise``.
    /// - Returns: the steps across the border, if `made` is given.
    @discardableResult
    public static func check(_ result: Image, against picture: Image, hole: Mask, made: Image? = nil) throws
        -> Seam.Steps?
    {
        guard result.pixels.shape == picture.pixels.shape else {
            throw BrokenPromise(
                description:
                    "the result has shape \(result.pixels.shape) and the picture \(picture.pixels.shape)")
        }
        let (changed, broken) = differences(result, picture, hole: hole)
        guard changed == 0 else {
            throw BrokenPromise(description: "\(changed) pixels outside the mask changed")
        }
        guard broken == 0 else {
            throw BrokenPromise(description: "\(broken) pixels of the result are not numbers")
        }
        guard let made else { return nil }
        let steps = Seam(of: hole).steps(result: result.colours, before: picture.colours, made: made)
        guard steps.excess <= seamBound else {
            throw BrokenPromise(
                description:
                    "the border of the mask shows a step of \(steps.excess) levels that is neither the picture's nor the "
                    + "model's; \(seamBound) is the bound")
        }
        return steps
    }

    /// Checks that a model's picture consists of numbers; clamping would make black of those that are none.
    /// - Throws: ``BrokenPromise``.
    public static func check(made working: Image) throws {
        let broken = working.pixels.withUnsafeBuffer { $0.reduce(0) { $0 + ($1.isFinite ? 0 : 1) } }
        guard broken == 0 else {
            throw BrokenPromise(description: "\(broken) values that the model made are not numbers")
        }
    }

    /// Pixels outside of the hole that are not the same to the bit, and pixels that are not numbers.
    private static func differences(_ result: Image, _ picture: Image, hole: Mask) -> (
        changed: Int, broken: Int
    ) {
        let c = picture.channels
        return result.pixels.withUnsafeBuffer { after in
            picture.pixels.withUnsafeBuffer { before in
                hole.values.withUnsafeBuffer { hole in
                    var changed = 0, broken = 0
                    for pixel in 0..<hole.count {
                        var isSame = true, isFinite = true
                        for k in pixel * c..<(pixel + 1) * c {
                            isSame = isSame && after[k].bitPattern == before[k].bitPattern
                            isFinite = isFinite && after[k].isFinite
                        }
                        if !isSame, hole[pixel] <= 0.5 { changed += 1 }
                        if !isFinite { broken += 1 }
                    }
                    return (changed, broken)
                }
            }
        }
    }
}

extension Image {
    /// Grey or RGB, without alpha.
    var colours: Image { channels < 3 ? grey : rgb }

    /// Opaque RGB, as models see a picture: transparency over white.
    package var seen: Image { composited(over: [1, 1, 1]).rgb }
}
