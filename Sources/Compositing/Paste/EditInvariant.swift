// The invariants of every edit, checked on the finished picture before anything is written.

import Arrays
public import Images

/// An invariant that a finished edit violates; one line that says which and by how much.
public struct InvariantViolation: Error, CustomStringConvertible, Sendable {
    /// One line: which invariant, by how much.
    public let description: String
}

/// The invariants of an edit.
///
/// The picture keeps its size; no pixel outside the hole changes; every value is finite; the border of the
/// hole shows no step beyond the larger of the picture's own and the model's own.
public enum EditInvariant {
    /// The largest excess of the seam, in levels of 8 bits (see ``Seam/Steps/excess``).
    public static let seamBound: Float = 3

    /// Checks a result against the picture that was edited.
    /// - Parameters:
    ///   - result: the finished picture.
    ///   - picture: the picture before the edit.
    ///   - hole: the pixels that may differ.
    ///   - made: what was pasted into the hole; nil skips the check of the border.
    /// - Throws: ``InvariantViolation``.
    /// - Returns: the steps across the border, if `made` is given.
    @discardableResult
    public static func check(_ result: Image, against picture: Image, hole: Mask, made: Image? = nil) throws
        -> Seam.Steps?
    {
        guard result.pixels.shape == picture.pixels.shape else {
            throw InvariantViolation(
                description:
                    "the result has shape \(result.pixels.shape) and the picture \(picture.pixels.shape)")
        }
        let (changed, broken) = differences(result, picture, hole: hole)
        guard changed == 0 else {
            throw InvariantViolation(description: "\(changed) pixels outside the mask changed")
        }
        guard broken == 0 else {
            throw InvariantViolation(description: "\(broken) pixels of the result are not numbers")
        }
        guard let made else { return nil }
        let steps = Seam(of: hole).steps(result: result.colours, before: picture.colours, made: made)
        guard steps.excess <= seamBound else {
            throw InvariantViolation(
                description:
                    "the border of the mask shows a step of \(steps.excess) levels that is neither the picture's nor the "
                    + "model's; \(seamBound) is the bound")
        }
        return steps
    }

    /// Checks that a model's output is finite, before clamping would turn NaN into black.
    /// - Throws: ``InvariantViolation``.
    public static func check(made working: Image) throws {
        let broken = working.pixels.withUnsafeBuffer { $0.reduce(0) { $0 + ($1.isFinite ? 0 : 1) } }
        guard broken == 0 else {
            throw InvariantViolation(description: "\(broken) values that the model made are not numbers")
        }
    }

    /// Counts pixels outside the hole that are not bit-identical, and pixels that are not finite.
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

    /// Opaque RGB as models expect it, transparency composited over white.
    package var seen: Image { composited(over: [1, 1, 1]).rgb }
}
