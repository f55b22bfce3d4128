// Enlarges a hole so that an object of other proportions fits.

import Foundation
public import Images

extension Mask {
    /// The union of the mask and a rounded box around it with an aspect ratio of at least `share`.
    ///
    /// The box extends to both sides and upwards from the base of the mask and is clipped to the picture. Its
    /// outline is |u|⁴ + |v|⁴ = 1.
    /// - Parameters:
    ///   - share: least ratio of the shorter to the longer side.
    ///   - margin: distance of the box from the mask, in longer sides of the mask's bounding box; 0.6 of it
    ///     below the base.
    public func room(share: Float, margin: Float) -> Mask {
        guard let box = boundingBox else { return self }
        let (w, h) = (Float(box.width), Float(box.height)), longer = max(w, h)
        let middle = Float(box.left) + w / 2, foot = Float(box.bottom) + 0.6 * margin * longer
        let halfWidth = max(w, share * h) / 2 + margin * longer
        let head = Float(box.bottom) - max(h, share * w) - margin * longer
        let (centre, halfHeight) = ((head + foot) / 2, (foot - head) / 2)
        let members = inside
        return Mask(
            width: width, height: height,
            inside: members.indices.map { pixel in
                let u = (Float(pixel % width) + 0.5 - middle) / halfWidth
                let v = (Float(pixel / width) + 0.5 - centre) / halfHeight
                return members[pixel] || pow(u, 4) + pow(v, 4) < 1
            })
    }
}
