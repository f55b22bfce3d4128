// A hole closed by nothing but smoothness.

import Arrays
public import Images

extension Image {
    /// The picture with the inside of a hole replaced by a membrane through the colours round it.
    ///
    /// A picture that is all hole becomes mid-grey.
    public func bridged(over hole: Mask) -> Image {
        precondition(
            hole.width == width && hole.height == height,
            "Image.bridged: a hole of \(hole.width)×\(hole.height) in \(width)×\(height)")
        guard let box = hole.boundingBox else { return self }
        // What lies farther away than the border has no say in the membrane.
        let area = box.expanded(by: 2).clipped(width: width, height: height)
        let known = hole.cropped(to: area).inside.map { !$0 }
        guard known.contains(true) else {
            return Image(width: width, height: height, color: [Float](repeating: 0.5, count: channels))
        }
        let part = cropped(to: area)
        let filled = Membrane.fill(
            part.pixels.scalars, known: known, width: area.width, height: area.height, channels: channels)
        var result = self
        result.paste(Image(NDArray(filled, shape: part.pixels.shape)), left: area.left, top: area.top)
        return result
    }
}
