// Room for something of other proportions.

import Foundation
public import Images

extension Mask {
    /// The mask and a rounded box round it, no narrower than `share` of its longer side, in which another thing can stand.
    ///
    /// The box reaches to both sides of what is inside and upwards from its foot; what would leave the picture is cut off. Its
    /// edge is |u|⁴ + |v|⁴ = 1.
    /// - Parameter margin: distance of the box from what is inside, in its longer sides; six tenths of it below the foot.
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
