// The mask found for a selection.

package import Images

/// The mask found for a selection, with the segmenter's score.
package struct FoundMask: Sendable {
    /// Opacity 0 … 1, of the photograph's size.
    package var mask: Mask
    /// The segmenter's estimate of its IoU, 0 … 1; nil without a segmenter.
    package var score: Double?
    /// Whether the mask is the picture's own alpha channel, so that no foreground estimation is needed.
    package var isOwnTransparency = false
    /// The segmenter's unprocessed masks, made when they are asked for.
    package var answers: [@Sendable () -> Mask] = []
    /// Remarks for the user, one line each.
    package var notes: [String] = []
}
