// Masks as holes: what is to be made up anew.

import Arrays
public import Images

extension Mask {
    /// The diameter of the largest disc that fits inside, in pixels; the picture's edge does not bound it.
    public var thickness: Float {
        guard let box = boundingBox else { return 1 }
        // One pixel round the box holds the nearest outside of every pixel inside.
        let part = cropped(to: box.expanded(by: 1).clipped(width: width, height: height))
        let deepest = part.depths.max() ?? 0
        return max(1, 2 * (deepest.isFinite ? deepest : Float(max(width, height))) - 1)
    }

    /// The part inside a rectangle of the picture.
    package func cropped(to rectangle: PixelRectangle) -> Mask {
        Mask(image.cropped(to: rectangle).pixels.reshaped([rectangle.height, rectangle.width]))
    }

    /// A mask of a part of a picture as one of the picture, with nothing inside elsewhere.
    package func placed(left: Int, top: Int, width: Int, height: Int) -> Mask {
        var whole = Mask(width: width, height: height, value: 0).image
        whole.paste(image, left: left, top: top)
        return Mask(whole.pixels.reshaped([height, width]))
    }

    /// What `work` makes of the mask, where that changes nothing farther than `reach` from what is inside.
    ///
    /// An object is small in a large picture; the work is as large as the object.
    package func locally(within reach: Float, _ work: (Mask) -> Mask) -> Mask {
        guard let box = boundingBox else { return work(self) }
        let area = box.expanded(by: Int(max(0, reach).rounded(.up)) + 1).clipped(width: width, height: height)
        return work(cropped(to: area)).placed(left: area.left, top: area.top, width: width, height: height)
    }

    /// The mask at a lower (or higher) resolution: inside wherever a pixel covers any part of the inside.
    public func touching(width: Int, height: Int) -> Mask {
        precondition(width > 0 && height > 0, "Mask.touching: \(width)×\(height)")
        // Pixel x covers [x, x + 1) · w / width; in whole numbers, so that no rounding lets one slip through.
        func covered(_ place: Int, _ count: Int, _ old: Int) -> Range<Int> {
            let low = place * old / count
            return low..<max(low + 1, min(old, ((place + 1) * old + count - 1) / count))
        }
        let columns = (0..<width).map { covered($0, width, self.width) }
        let rows = (0..<height).map { covered($0, height, self.height) }
        let old = self.width
        return Mask(
            values.withUnsafeBuffer { values in
                NDArray(shape: [height, width]) { out in
                    for y in 0..<height {
                        for x in 0..<width {
                            var isTouched = false
                            for row in rows[y] where !isTouched {
                                for column in columns[x] where values[row * old + column] > 0.5 {
                                    isTouched = true
                                    break
                                }
                            }
                            out[y * width + x] = isTouched ? 1 : 0
                        }
                    }
                }
            })
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
        let size = Float(area).squareRoot()
        let (growth, foot) = (max(least, share * size), max(least, (share + shadow) * size))
        return locally(within: max(growth, foot)) { part in
            let object = part.hardened
            guard let box = object.boundingBox else { return object }
            let hole = object.grown(by: growth)
            guard shadow > 0 else { return hole }
            let top = box.bottom - max(1, box.height / 3)
            let members = object.inside
            let lower = Mask(
                width: part.width, height: part.height,
                inside: members.indices.map { members[$0] && $0 / part.width >= top })
            return hole.union(lower.grown(by: foot))
        }
    }
}
