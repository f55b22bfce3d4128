// Fills a hole by harmonic interpolation.

import Arrays
public import Images

extension Image {
    /// The picture with the hole replaced by a harmonic interpolation of the colours around it.
    ///
    /// A picture without pixels outside the hole becomes mid-grey.
    public func bridged(over hole: Mask) -> Image {
        precondition(
            hole.width == width && hole.height == height,
            "Image.bridged: a hole of \(hole.width)×\(hole.height) in \(width)×\(height)")
        guard let box = hole.boundingBox else { return self }
        // Pixels beyond the border do not affect the interpolation.
        let area = box.expanded(by: 2).clipped(width: width, height: height)
        let known = hole.cropped(to: area).inside.map { !$0 }
        guard known.contains(true) else {
            return Image(width: width, height: height, color: [Float](repeating: 0.5, count: channels))
        }
        let part = cropped(to: area)
        let filled = HarmonicFill.fill(
            part.pixels.scalars, known: known, width: area.width, height: area.height, channels: channels)
        var result = self
        result.paste(Image(NDArray(filled, shape: part.pixels.shape)), left: area.left, top: area.top)
        return result
    }
}
