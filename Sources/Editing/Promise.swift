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
        let members = hole.inside, c = picture.channels
        let (changed, broken) = result.pixels.withUnsafeBuffer { after in
            picture.pixels.withUnsafeBuffer { before in
                members.indices.reduce(into: (0, 0)) { counts, pixel in
                    let range = pixel * c..<(pixel + 1) * c
                    if !members[pixel],
                        range.contains(where: { after[$0].bitPattern != before[$0].bitPattern })
                    {
                        counts.0 += 1
                    }
                    if range.contains(where: { !after[$0].isFinite }) { counts.1 += 1 }
                }
            }
        }
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
}

extension Image {
    /// Grey or RGB, without alpha.
    var colours: Image { channels < 3 ? grey : rgb }
}
