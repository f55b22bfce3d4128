// Refines the outline of a coarse mask to the edges and colours of the photograph.

import Arrays
package import Images

/// Refines masks that have the resolution of a segmenter's output grid to the resolution of the photograph.
package struct Outline {
    private let photograph: Image
    /// Photograph pixels per cell of the segmenter's output grid.
    private let cell: Float

    /// Radius of the guided filter, cells.
    private static let edgeReach: Float = 2.6
    /// Width of the band in which GrabCut may move the outline, cells.
    private static let colourReach: Float = 2
    /// Cost of moving the outline by that distance, in units of log-likelihood.
    private static let trust: Float = 4
    /// Longer side of the picture on which GrabCut runs, pixels.
    private static let cutSide = 400

    /// - Parameters:
    ///   - photograph: the picture whose edges the outline shall follow.
    ///   - cell: photograph pixels per cell of the mask's grid.
    package init(photograph: Image, cell: Float) {
        self.photograph = photograph
        self.cell = cell
    }

    /// Moves the outline to the nearest edges (guided filter), then to where the colours of object and
    /// surroundings separate (GrabCut).
    /// - Parameters:
    ///   - mask: of the photograph's size.
    ///   - clicks: points with a known label; a disc of one cell around each keeps that label.
    package func refined(_ mask: Mask, clicks: [ClickMark]) -> Mask {
        var refined = mask
        refine(&refined, clicks: clicks)
        return refined
    }

    /// `refined` in place: a mask of a large picture is not kept beside its successors.
    package func refine(_ mask: inout Mask, clicks: [ClickMark]) {
        guard let box = mask.boundingBox else { return }
        // GrabCut needs a margin of background to model its colours.
        let margin = max(box.width, box.height) / 4 + Int(2 * Self.edgeReach * cell) + 1
        let near = box.expanded(by: margin).clipped(width: mask.width, height: mask.height)
        let (width, height) = (mask.width, mask.height)
        guard near.width * near.height > Self.pixelsAtOnce else {
            let picture = photograph.cropped(to: near).rgb
            let edged = mask.part(near).guided(by: picture, radius: Self.edgeReach * cell).binarised
            // Neighbouring objects in the mask would enter the foreground's colour model.
            let alone = edged.removingIslands(smallerThan: edged.area / 20)
            mask = partedByColour(alone, in: picture, picture.bounds, clicks: clicks, from: near)
                .guided(by: picture, radius: cell)
                .placed(near, width: width, height: height)
            return
        }
        // The same without a copy of the colours, and one mask after the other.
        let picture = photograph.rgb
        mask = mask.guided(by: picture, in: near, radius: Self.edgeReach * cell)
        mask = mask.binarised
        mask = mask.removingIslands(smallerThan: mask.area / 20)
        mask = partedByColour(mask, in: picture, near, clicks: clicks, from: near)
        mask = mask.placed(near, width: width, height: height)
        mask = mask.guided(by: picture, in: near, radius: cell)
        mask = mask.placed(near, width: width, height: height)
    }

    /// Parts of more pixels are refined without a copy of their colours.
    private static let pixelsAtOnce = 8 << 20

    /// `Mask.grabCut` at a reduced size, with the labels of clicks fixed.
    /// - Parameter window: the part of the picture that the mask belongs to.
    private func partedByColour(
        _ mask: Mask, in picture: Image, _ window: PixelRectangle, clicks: [ClickMark],
        from origin: PixelRectangle
    ) -> Mask {
        let scale = min(1, Float(Self.cutSide) / Float(max(mask.width, mask.height)))
        let (w, h) = (max(1, Int(Float(mask.width) * scale)), max(1, Int(Float(mask.height) * scale)))
        let small = picture.reduced(window, width: w, height: h)
        let rough = mask.resized(width: w, height: h, filter: .box).inside
        let known = sides(of: clicks, from: origin, scale: scale, width: w, height: h)
        return Mask(width: w, height: h, inside: rough.indices.map { known[$0] ?? rough[$0] })
            .grabCut(
                in: small, reach: Self.colourReach * cell * scale, trust: Self.trust,
                isCertain: known.map { $0 != nil }
            )
            .resized(width: mask.width, height: mask.height)
    }

    /// Known labels: true or false in a disc of one cell round each click, nil elsewhere.
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
