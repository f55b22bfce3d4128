// The mask that a selection leads to.

package import Images

/// The mask of a selection.
package struct FoundMask: Sendable {
    /// Soft, of the photograph's size.
    package var mask: Mask
    /// The segmenter's own estimate of its overlap with the truth, 0 … 1.
    package var score: Double?
    /// Whether the mask is the picture's own transparency, so that its edge colours are clean.
    package var isOwnTransparency = false
    /// The segmenter's answers, before anything was done to them.
    package var answers: [Mask] = []
}
