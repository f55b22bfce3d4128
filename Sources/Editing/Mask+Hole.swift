// Masks as holes: what is to be made up anew.

public import Images

extension Mask {
    /// The diameter of the largest disc that fits inside, in pixels; the picture's edge does not bound it.
    public var thickness: Float {
        let distances = inside.contains(false) ? depths : []
        let deepest = distances.max() ?? Float(max(width, height))
        return max(1, 2 * deepest - 1)
    }

    /// The mask at a lower (or higher) resolution: inside wherever a pixel covers any part of the inside.
    public func touching(width: Int, height: Int) -> Mask {
        precondition(width > 0 && height > 0, "Mask.touching: \(width)×\(height)")
        let members = inside, (w, h) = (self.width, self.height)
        var result = [Bool](repeating: false, count: width * height)
        // Pixel x covers [x, x + 1) · w / width; in whole numbers, so that no rounding lets one slip through.
        func covered(_ place: Int, _ count: Int, _ old: Int) -> Range<Int> {
            let low = place * old / count
            return low..<max(low + 1, min(old, ((place + 1) * old + count - 1) / count))
        }
        for y in 0..<height {
            let rows = covered(y, height, h)
            for x in 0..<width {
                let columns = covered(x, width, w)
                result[y * width + x] = rows.contains { row in columns.contains { members[row * w + $0] } }
            }
        }
        return Mask(width: width, height: height, inside: result)
    }

    /// The hole that removes an object: grown in proportion to the object, and more at its foot, where its shadow lies.
    ///
    /// A mask ends where the object's colour ends; what a removal must not leave behind are the mixed pixels of the outline,
    /// the glow of the object's colour round it and the contact shadow, all of which are larger for larger objects.
    /// - Parameters:
    ///   - share: growth as a share of the square root of the object's area.
    ///   - shadow: further growth of the lower third, as the same kind of share; 0 for none.
    ///   - least: the smallest growth in pixels.
    public func removalHole(share: Float = 0.05, shadow: Float = 0.06, least: Float = 3) -> Mask {
        let object = hardened
        guard let box = object.boundingBox else { return object }
        let size = Float(object.area).squareRoot()
        var hole = object.grown(by: max(least, share * size))
        if shadow > 0 {
            let foot = box.bottom - max(1, box.height / 3)
            let members = object.inside
            let lower = Mask(
                width: width, height: height,
                inside: members.indices.map { members[$0] && $0 / width >= foot })
            hole = hole.union(lower.grown(by: max(least, (share + shadow) * size)))
        }
        return hole
    }
}
