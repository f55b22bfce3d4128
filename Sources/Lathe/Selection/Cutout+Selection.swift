// The cut-out that a selection leads to.

package import Compositing
package import Images

extension Cutout {
    /// Cuts out what a selection found; the edge colours of a picture's own transparency are left as they are.
    /// - Throws: `LatheError` (`badInput`) if no pixel is covered by more than one half.
    package init(_ photograph: Image, _ found: FoundMask) throws {
        self = try LatheError.asking(.badInput) {
            try Cutout(
                colour: photograph.rgb.pixels, mask: found.mask.values, clean: !found.isOwnTransparency)
        }
    }
}
