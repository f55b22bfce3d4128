// Room for something of other proportions.

public import Images

extension Mask {
    /// The mask with its shorter side stretched to at least `share` of its longer one, to both sides or upwards from its foot.
    ///
    /// What is inside stays inside; what would leave the picture is cut off.
    public func stretched(toShare share: Float) -> Mask {
        guard let box = boundingBox else { return self }
        let (w, h) = (Float(box.width), Float(box.height))
        let (wide, high) = (max(w, share * h), max(h, share * w))
        guard (wide, high) != (w, h) else { return self }
        let middle = Float(box.left) + w / 2, foot = Float(box.bottom)
        let members = inside
        return Mask(
            width: width, height: height,
            inside: members.indices.map { pixel in
                if members[pixel] { return true }
                // Where the middle of the pixel was before.
                let x = middle + (Float(pixel % width) + 0.5 - middle) * w / wide
                let y = foot - (foot - Float(pixel / width) - 0.5) * h / high
                guard x >= Float(box.left), x < Float(box.right), y >= Float(box.top), y < foot else {
                    return false
                }
                return members[Int(y) * width + Int(x)]
            })
    }
}
