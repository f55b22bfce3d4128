// One hole of one picture: shown to a model, laid back, and gone over once more at full resolution.

import Editing
import Images

/// Fills holes with one model.
struct HolePainter {
    let filler: any HoleFiller
    /// Strength of the second pass; 0 for none.
    let detail: Double

    /// A filled hole.
    struct Result {
        let picture: Image
        let seam: Seam.Steps
    }

    /// Fills a hole of a picture.
    /// - Parameters:
    ///   - picture: any channels.
    ///   - progress: as of ``HoleFiller``, with the stage.
    /// - Throws: `LatheError` (`guaranteeFailed`) for a result that does not keep its promises; what the model or `progress`
    ///   throws.
    func paint(
        _ picture: Image, _ hole: EditHole, prompt: String, seed: UInt64, strength: Double,
        progress: (EditStage, Int, Int, (() -> Image)?) throws -> Void
    ) throws -> Result {
        guard let plan = CropPlan(hole: hole.mask, needs: filler.needs) else {
            throw LatheError.badInput("the hole is empty: nothing is selected; select again")
        }
        let request = HoleRequest(
            picture, hole: hole.mask, plan: plan, bridged: strength == 1, prompt: prompt, seed: seed,
            strength: strength)
        let made = try filler.fill(request) { try progress(.fill, $0, $1, $2) }
        let first = try lay(made, picture, hole.mask, plan, hole.feather)
        guard detail > 0, plan.scale > HolePainter.coarse else { return first }
        return try sharpen(first, picture, hole, seed: seed, progress: progress)
    }

    /// Photograph pixels per working pixel above which a second pass is worth its time.
    private static let coarse: Float = 1.3

    /// Goes over the hole in tiles at the picture's own resolution, each starting from what is there.
    ///
    /// Tiles overlap by a quarter; each sees what the one before left, so they join without a seam. They are asked for
    /// nothing in words: a tile shows a part, and a model that is told of the whole would draw it small into every one.
    private func sharpen(
        _ first: Result, _ picture: Image, _ hole: EditHole, seed: UInt64,
        progress: (EditStage, Int, Int, (() -> Image)?) throws -> Void
    ) throws -> Result {
        guard case .area(let side, _) = filler.needs.size, let box = hole.mask.boundingBox else {
            return first
        }
        let tiles = HolePainter.tiles(over: box, side: side * 3 / 4).compactMap { tile -> EditHole? in
            let part = hole.mask.intersection(
                Mask(box: tile, width: hole.mask.width, height: hole.mask.height))
            return part.area > 0 ? EditHole(part: part, feather: Float(side / 8)) : nil
        }
        var current = first.picture
        for (index, tile) in tiles.enumerated() {
            let needs = CropPlan.Needs(
                size: .area(side: side, aspect: 1), multiple: filler.needs.multiple, context: 1.0 / 6)
            guard let plan = CropPlan(hole: tile.mask, needs: needs) else { continue }
            let request = HoleRequest(
                current, hole: tile.mask, plan: plan, bridged: false, prompt: "",
                seed: seed &+ UInt64(index + 1) << 32, strength: detail)
            let made = try filler.fill(request) {
                try progress(.detail, index * $1 + $0, tiles.count * $1, $2)
            }
            current = try lay(made, current, tile.mask, plan, tile.feather).picture
        }
        // The whole once more: what counts is the change from the photograph.
        _ = try LatheError.asking(.guaranteeFailed) {
            try Promise.check(current, against: picture, hole: hole.mask)
        }
        return Result(picture: current, seam: first.seam)
    }

    private func lay(_ made: Image, _ picture: Image, _ hole: Mask, _ plan: CropPlan, _ feather: Float) throws
        -> Result
    {
        let retouch = try LatheError.asking(.guaranteeFailed) {
            try Retouch(laying: made, into: picture, hole: hole, plan: plan, feather: feather)
        }
        return Result(picture: retouch.picture, seam: retouch.seam)
    }

    private static func tiles(over box: PixelRectangle, side: Int) -> [PixelRectangle] {
        func starts(_ range: Range<Int>) -> [Range<Int>] {
            let count = max(1, (range.count + side - 1) / side)
            return (0..<count).map {
                (range.lowerBound + range.count * $0 / count)..<(range.lowerBound + range.count * ($0 + 1)
                    / count)
            }
        }
        return starts(box.rows).flatMap { rows in
            starts(box.columns).map {
                // A sixth more on every side is what neighbours share.
                PixelRectangle(
                    left: $0.lowerBound, top: rows.lowerBound, right: $0.upperBound, bottom: rows.upperBound
                )
                .expanded(by: side / 6).clipped(width: box.right, height: box.bottom)
            }
        }
    }
}

extension EditHole {
    init(part: Mask, feather: Float) { (mask, self.feather) = (part, feather) }
}

extension Mask {
    init(box: PixelRectangle, width: Int, height: Int) {
        self.init(
            width: width, height: height,
            inside: (0..<width * height).map {
                box.columns.contains($0 % width) && box.rows.contains($0 / width)
            })
    }
}

extension Image {
    /// Opaque RGB, as models see a picture: transparency over white.
    var seen: Image { composited(over: [1, 1, 1]).rgb }
}
