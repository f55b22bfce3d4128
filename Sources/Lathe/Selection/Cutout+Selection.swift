// Cuts out the object of a selection.

package import Compositing
package import Images

extension Cutout {
    /// Cuts out a selected object; foreground colours are estimated unless the mask is the picture's own
    /// alpha channel.
    /// - Parameters:
    ///   - photograph: the picture.
    ///   - found: the selected mask, of its size.
    /// - Throws: `LatheError` (`badInput`) if no pixel is above one half.
    package init(_ photograph: Image, _ found: FoundMask) throws {
        self = try LatheError.asking(.badInput) {
            try Cutout(
                colour: photograph.rgb.pixels, mask: found.mask.values, clean: !found.isOwnTransparency)
        }
    }
}
