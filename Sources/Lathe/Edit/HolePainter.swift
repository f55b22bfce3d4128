// Fills one hole of one picture: crop, fill, paste, and an optional detail pass.

import Arrays
package import Compositing
package import Images

/// Fills holes with one model.
package struct HolePainter {
    /// The model.
    let filler: any HoleFiller
    /// Strength of the detail pass; 0 for none.
    var detail = 0.0
    /// Whether the result receives texture from its surroundings.
    var textures = false
    /// Composites the filled object over the photograph's own ground; nil keeps the model's.
    var keeper: GroundKeeper?

    /// - Parameters:
    ///   - filler: the model.
    ///   - textures: whether results receive texture from their surroundings.
    package init(filler: any HoleFiller, textures: Bool = false) {
        (self.filler, self.textures) = (filler, textures)
    }

    /// A painter for fills by prompt.
    ///
    /// The detail pass is skipped if it has no step; the ground is kept where the options say so.
    /// - Parameters:
    ///   - filler: the model.
    ///   - options: settled options of the edit.
    /// - Throws: `LatheError` (`modelUnusable`) naming what is wrong with a model that keeping the ground
    ///   needs.
    init(filler: any HoleFiller, _ options: EditOptions, session: ModelSession) throws {
        self.filler = filler
        let strength = options.diffusion.strengthOfDetail(filler.needs)
        detail = options.diffusion.hasSteps(forDetail: strength) ? strength : 0
        keeper = options.ground == .kept ? try GroundKeeper(session) : nil
    }

    /// A picture with its hole filled, and the steps across the hole's border.
    package struct Result {
        package let picture: Image
        package let seam: Seam.Steps
    }

    /// Fills a hole of a picture.
    /// - Parameters:
    ///   - picture: any channels.
    ///   - hole: the pixels that may change.
    ///   - prompt: what it shall show; may be empty.
    ///   - seed: of all random numbers.
    ///   - strength: share of the noise schedule, above 0 up to 1.
    ///   - progress: as of ``HoleFiller``, with the stage.
    /// - Throws: `LatheError` (`guaranteeFailed`) for a result that violates an invariant; what the model or
    ///   `progress` throws.
    /// - Returns: the filled picture.
    package func paint(
        _ picture: Image, _ hole: EditHole, prompt: String, seed: UInt64, strength: Double,
        progress: (EditStage, FillStep) throws -> Void
    ) throws -> Result {
        guard let plan = CropPlan(hole: hole.mask, needs: filler.needs) else {
            throw LatheError.badInput("the hole is empty: nothing is selected; select again")
        }
        let request = HoleRequest(
            picture, hole: hole.mask, plan: plan, bridged: strength == 1, prompt: prompt, seed: seed,
            strength: strength)
        let made = try filler.fill(request) { try progress(.fill, $0) }
        let first = try lay(made, picture, hole, plan)
        if textures { return try texture(first, picture, hole, plan, seed: seed, progress: progress) }
        var result = first
        if detail > 0, plan.scale > HolePainter.coarse {
            result = try sharpen(first, picture, hole, seed: seed, progress: progress)
        }
        guard let keeper, let bare = hole.bare, !prompt.isEmpty else { return result }
        return try keep(result, picture, hole, bare, keeper, plan, prompt: prompt, seed: seed) {
            try progress(.ground, $0)
        }
    }

    /// Composites the filled object over the photograph's own ground.
    private func keep(
        _ filled: Result, _ picture: Image, _ hole: EditHole, _ bare: Mask, _ keeper: GroundKeeper,
        _ plan: CropPlan, prompt: String, seed: UInt64, progress: FillProgress
    ) throws -> Result {
        try redone(
            filled, picture, EditHole(mask: hole.mask, feather: 0, border: hole.border), margin: (1, 2)
        ) { filled, before, area in
            let made = try keeper.kept(
                filled, before, hole: hole.mask.cropped(to: area),
                bare: EditHole(mask: bare.cropped(to: area), feather: hole.feather), prompt: prompt,
                scale: plan.scale, seed: seed, progress: progress)
            if made == nil {
                let note =
                    "what was drawn cannot be cut out whole: the ground round it is the model's too"
                try progress(FillStep(1, of: 1, notes: [note]))
            }
            return made
        }
    }

    /// Transfers texture from the surroundings to the result.
    private func texture(
        _ first: Result, _ picture: Image, _ hole: EditHole, _ plan: CropPlan, seed: UInt64,
        progress: (EditStage, FillStep) throws -> Void
    ) throws -> Result {
        let transfer = TextureTransfer(softness: max(1.5, 2 * plan.scale), seed: seed)
        return try redone(first, picture, hole, margin: (3, 4)) { filled, _, area in
            try transfer.textured(filled.seen, hole: hole.mask.cropped(to: area)) { done, total in
                try progress(.detail, FillStep(done, of: total))
            }
        }
    }

    /// Replaces the area round a filled hole by a new version at the picture's resolution.
    /// - Parameters:
    ///   - filled: the result so far.
    ///   - picture: before the edit.
    ///   - hole: the pixels that may change.
    ///   - margin: round the hole, as a fraction of its longer side.
    ///   - make: maps the filled area, the area before, and its place to the new version; nil keeps the area.
    /// - Returns: the new result.
    private func redone(
        _ filled: Result, _ picture: Image, _ hole: EditHole, margin: (Int, of: Int),
        make: (_ filled: Image, _ before: Image, _ area: PixelRectangle) throws -> Image?
    ) throws -> Result {
        guard let box = hole.mask.boundingBox else { return filled }
        let area = box.expanded(by: max(box.width, box.height) * margin.0 / margin.of + 16).clipped(
            width: picture.width, height: picture.height)
        let before = picture.cropped(to: area)
        guard let made = try make(filled.picture.cropped(to: area), before, area) else { return filled }
        let part = EditHole(mask: hole.mask.cropped(to: area), feather: hole.feather, border: hole.border)
        let laid = try lay(made, before, part, CropPlan(wholeWidth: area.width, height: area.height))
        var whole = picture
        whole.paste(laid.picture, left: area.left, top: area.top)
        return Result(picture: whole, seam: laid.seam)
    }

    /// Picture pixels per working pixel above which a detail pass is worthwhile.
    private static let coarse: Float = 1.3

    /// The detail pass: image-to-image in tiles at the picture's own resolution.
    ///
    /// Each tile starts from the result of the previous one and is blended into it. Tiles have no prompt,
    /// since the model would draw the whole object into every tile. The cost per tile does not depend on the
    /// picture's size.
    private func sharpen(
        _ first: Result, _ picture: Image, _ hole: EditHole, seed: UInt64,
        progress: (EditStage, FillStep) throws -> Void
    ) throws -> Result {
        guard case .area(let side, _) = filler.needs.size, let box = hole.mask.boundingBox else {
            return first
        }
        let needs = CropPlan.Needs(
            size: .area(side: side, aspect: 1), multiple: filler.needs.multiple, context: 1.0 / 6)
        let tiles = DetailTile.tiles(over: box, side: side).filter {
            hole.mask.cropped(to: $0.box).area > 0
        }
        var current = first.picture, excess = first.seam.excess
        for (index, tile) in tiles.enumerated() {
            let area = tile.box.expanded(by: side).clipped(width: picture.width, height: picture.height)
            let share = tile.share(in: area), members = share.values.scalars
            let inHole = hole.mask.cropped(to: area).inside
            let part = EditHole(
                mask: Mask(
                    width: area.width, height: area.height,
                    inside: members.indices.map { members[$0] > 0 && inHole[$0] }),
                feather: hole.feather)
            let around = current.cropped(to: area)
            guard let plan = CropPlan(hole: part.mask, needs: needs) else { continue }
            var request = HoleRequest(
                around, hole: part.mask, plan: plan, bridged: false, prompt: "",
                seed: seed &+ UInt64(index + 1) << 32, strength: detail)
            request.plan = plan.placed(
                left: area.left, top: area.top, width: picture.width, height: picture.height)
            let made = try filler.fill(request) { step in
                var step = step
                (step.step, step.total) = (index * step.total + step.step, tiles.count * step.total)
                try progress(.detail, step)
            }
            let laid = try lay(made, around, part, plan, share: share)
            current.paste(laid.picture, left: area.left, top: area.top)
            excess = max(excess, laid.seam.excess)
        }
        return Result(
            picture: current,
            seam: HolePainter.seam(of: hole.mask, box, current, picture, made: first.seam.made, excess))
    }

    private func lay(
        _ made: Image, _ picture: Image, _ hole: EditHole, _ plan: CropPlan, share: Mask? = nil
    ) throws -> Result {
        let retouch = try LatheError.asking(.guaranteeFailed) {
            try Retouch(
                laying: made, into: picture, hole: hole.mask, plan: plan, feather: hole.feather,
                border: hole.border, share: share)
        }
        return Result(picture: retouch.picture, seam: retouch.seam)
    }

    /// The steps after the last pass; the model's own step is that of the first pass.
    private static func seam(
        of hole: Mask, _ box: PixelRectangle, _ result: Image, _ picture: Image, made: Float, _ excess: Float
    ) -> Seam.Steps {
        let area = box.expanded(by: 1).clipped(width: picture.width, height: picture.height)
        let (after, before) = (result.cropped(to: area).seen, picture.cropped(to: area).seen)
        var steps = Seam(of: hole.cropped(to: area)).steps(result: after, before: before, made: after)
        (steps.made, steps.excess) = (made, excess)
        return steps
    }
}
