// Masks as holes: the pixels to be inpainted.

import Arrays
public import Images

extension Mask {
    /// Diameter of the largest inscribed disc in pixels; the picture's edge does not count as border.
    public var thickness: Float {
        guard let box = boundingBox else { return 1 }
        // A margin of one pixel contains the nearest outside pixel of every inside pixel.
        let part = cropped(to: box.expanded(by: 1).clipped(width: width, height: height))
        let deepest = part.depths.max() ?? 0
        return max(1, 2 * (deepest.isFinite ? deepest : Float(max(width, height))) - 1)
    }

    /// Crops the mask.
    package func cropped(to rectangle: PixelRectangle) -> Mask {
        Mask(image.cropped(to: rectangle).pixels.reshaped([rectangle.height, rectangle.width]))
    }

    /// The mask pasted into an empty mask of a whole picture.
    package func placed(left: Int, top: Int, width: Int, height: Int) -> Mask {
        var whole = Mask(width: width, height: height, value: 0).image
        whole.paste(image, left: left, top: top)
        return Mask(whole.pixels.reshaped([height, width]))
    }

    /// Applies `work` to the bounding box grown by `reach` pixels only, for operations that change nothing
    /// farther away.
    ///
    /// The cost depends on the size of the object, not on that of the picture.
    package func locally(within reach: Float, _ work: (Mask) -> Mask) -> Mask {
        guard let box = boundingBox else { return work(self) }
        let area = box.expanded(by: Int(max(0, reach).rounded(.up)) + 1).clipped(width: width, height: height)
        return work(cropped(to: area)).placed(left: area.left, top: area.top, width: width, height: height)
    }

    /// Resamples the mask: set wherever a pixel overlaps any part of the inside.
    public func touching(width: Int, height: Int) -> Mask {
        precondition(width > 0 && height > 0, "Mask.touching: \(width)×\(height)")
        // Pixel x covers [x, x + 1) · w / width; integer arithmetic, so that rounding cannot miss a pixel.
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

    /// The hole that removes an object: dilated in proportion to the object, and more at its base for the
    /// contact shadow.
    ///
    /// A mask ends where the object's colour ends. Mixed pixels of the outline, light reflected from the
    /// object and the contact shadow lie outside of it; all of them grow with the object.
    /// - Parameters:
    ///   - share: dilation as a share of the square root of the object's area.
    ///   - shadow: further dilation of the lower third, as the same kind of share; 0 for none.
    ///   - least: the smallest dilation in pixels.
    public func removalHole(share: Float = 0.05, shadow: Float = 0.06, least: Float = 3) -> Mask {
        let size = Float(area).squareRoot()
        let (growth, foot) = (max(least, share * size), max(least, (share + shadow) * size))
        return locally(within: max(growth, foot)) { part in
            let object = part.binarised
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
