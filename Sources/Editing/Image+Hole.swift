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
        let members = hole.inside
        guard members.contains(true) else { return self }
        guard members.contains(false) else {
            return Image(width: width, height: height, color: [Float](repeating: 0.5, count: channels))
        }
        let filled = Membrane.fill(
            pixels.scalars, known: members.map { !$0 }, width: width, height: height, channels: channels)
        return Image(NDArray(filled, shape: pixels.shape))
    }
}
