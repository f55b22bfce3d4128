// A coarse mask's outline, moved to where the photograph has it.

import Arrays
package import Images

/// Makes masks, which are as coarse as the cells of a segmenter's answer, follow a photograph.
package struct Outline {
    private let photograph: Image
    /// Photograph pixels to a cell.
    private let cell: Float

    /// How far an outline may be off, cells.
    private static let edgeReach: Float = 2.6
    /// How far colours may move it once it follows edges, cells.
    private static let colourReach: Float = 2
    /// What speaks against moving it that far, in units of log-likelihood.
    private static let trust: Float = 4
    /// Longer side of the picture in which colours are parted, pixels.
    private static let cutSide = 400

    package init(photograph: Image, cell: Float) {
        self.photograph = photograph
        self.cell = cell
    }

    /// The mask with its outline at the nearest edges (guided filter), then where the colours of the object and its
    /// surroundings part (GrabCut).
    /// - Parameter clicks: Points whose side is known: a hole that was clicked opens, a part that was clicked comes
    ///   along, also where the segmenter thought otherwise.
    package func refined(_ mask: Mask, clicks: [ClickMark]) -> Mask {
        guard let box = mask.boundingBox else { return mask }
        // The surroundings must show their colours.
        let margin = max(box.width, box.height) / 4 + Int(2 * Self.edgeReach * cell) + 1
        let near = box.expanded(by: margin).clipped(width: mask.width, height: mask.height)
        let picture = photograph.cropped(to: near).rgb
        let edged = Mask(mask.image.cropped(to: near).pixels.reshaped([near.height, near.width]))
            .guided(by: picture, radius: Self.edgeReach * cell).hardened
        // A neighbour that came along would lend the object its colours.
        let alone = edged.removingIslands(smallerThan: edged.area / 20)
        let refined = partedByColour(alone, in: picture, clicks: clicks, from: near)
            .guided(by: picture, radius: cell)
        var whole = Mask(width: mask.width, height: mask.height, value: 0).image
        whole.paste(refined.image, left: near.left, top: near.top)
        return Mask(whole.pixels.reshaped([mask.height, mask.width]))
    }

    /// `Mask.grabCut` at a size that is cheap, with clicks that hold.
    private func partedByColour(
        _ mask: Mask, in picture: Image, clicks: [ClickMark], from origin: PixelRectangle
    ) -> Mask {
        let scale = min(1, Float(Self.cutSide) / Float(max(mask.width, mask.height)))
        let (w, h) = (max(1, Int(Float(mask.width) * scale)), max(1, Int(Float(mask.height) * scale)))
        let small = picture.resized(width: w, height: h, filter: .box)
        let rough = mask.resized(width: w, height: h, filter: .box).inside
        let known = sides(of: clicks, from: origin, scale: scale, width: w, height: h)
        return Mask(width: w, height: h, inside: rough.indices.map { known[$0] ?? rough[$0] })
            .grabCut(
                in: small, reach: Self.colourReach * cell * scale, trust: Self.trust,
                isCertain: known.map { $0 != nil }
            )
            .resized(width: mask.width, height: mask.height)
    }

    /// Whether pixels belong to the object, in a disc of a cell round each click; nil elsewhere.
    private func sides(
        of clicks: [ClickMark], from origin: PixelRectangle, scale: Float, width: Int, height: Int
    ) -> [Bool?] {
        var known = [Bool?](repeating: nil, count: width * height)
        let radius = max(1, cell * scale)
        for click in clicks {
            let (cx, cy) = (
                (click.x - Float(origin.left)) * scale, (click.y - Float(origin.top)) * scale
            )
            let disc = PixelRectangle(
                left: Int(cx - radius), top: Int(cy - radius), right: Int(cx + radius) + 1,
                bottom: Int(cy + radius) + 1
            ).clipped(width: width, height: height)
            for y in disc.rows {
                for x in disc.columns {
                    let (dx, dy) = (Float(x) + 0.5 - cx, Float(y) + 0.5 - cy)
                    if dx * dx + dy * dy <= radius * radius { known[y * width + x] = click.isObject }
                }
            }
        }
        return known
    }
}
