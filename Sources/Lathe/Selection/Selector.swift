// From clicks, boxes, a mask file or a picture's own transparency to one clean mask.

package import Images

package enum Selector {
    /// Finds the object that a selection means.
    /// - Throws: `LatheError`: `badInput` for a selection that cannot be used or holds nothing, `modelUnusable` for
    ///   a segmenter that cannot.
    package static func select(
        in photograph: Image, _ selection: Selection, models: ModelSet
    ) throws -> FoundMask {
        try selection.validate(width: photograph.width, height: photograph.height)
        var found = try base(in: photograph, selection, models: models)
        found.mask = try cleaned(found.mask, selection, photograph)
        guard found.mask.area > 0 else {
            throw LatheError.badInput(
                "the selection is empty: no pixel of the picture is left in it; select again")
        }
        return found
    }

    private static func base(
        in photograph: Image, _ selection: Selection, models: ModelSet
    ) throws -> FoundMask {
        if let path = selection.maskPath {
            guard selection.points.isEmpty, selection.boxes.isEmpty else {
                throw LatheError.badInput("--mask excludes --point and --box; give one or the other")
            }
            let mask = try load(path, for: photograph)
            guard mask.area > 0 else {
                throw LatheError.badInput("the mask \(path) is empty: it holds no white pixel")
            }
            return FoundMask(mask: mask)
        }
        if !selection.points.isEmpty || !selection.boxes.isEmpty {
            let segmenter = try Segmenter(models)
            var found = try segmenter.find(selection, in: photograph.composited(over: [1, 1, 1]))
            let wanted = selection.boxes.count + selection.points.count { $0.isObject }
            if wanted == 1 { found.mask = withoutSpecks(found.mask) }
            return found
        }
        guard !Photograph.isInvisible(photograph) else {
            throw LatheError.badInput("the picture shows no object: it is transparent everywhere")
        }
        guard Photograph.carriesObject(photograph) else {
            throw LatheError.badInput(
                "nothing is selected: add --point x,y on the object, or --box or --mask "
                    + "(only a picture with transparency needs none)")
        }
        return FoundMask(mask: Mask(photograph.alpha), isOwnTransparency: true)
    }

    /// A single click or box means one thing: a loose piece of less than an eighth of it is a mistake, and so is a
    /// pinhole.
    package static func withoutSpecks(_ mask: Mask) -> Mask {
        mask.removingIslands(smallerThan: mask.area / 8).fillingHoles(upTo: mask.area / 100)
    }

    /// A mask file of the photograph's size.
    private static func load(_ path: String, for photograph: Image) throws -> Mask {
        let mask = try LatheError.asking(.badInput) { try Mask.load(path) }
        guard mask.width == photograph.width, mask.height == photograph.height else {
            throw LatheError.badInput(
                "the mask \(path) has \(mask.width) x \(mask.height) pixels, the picture "
                    + "\(photograph.width) x \(photograph.height); they must be equal")
        }
        return mask
    }

    /// What the selection asks to be done to the mask, in a fixed order.
    private static func cleaned(_ mask: Mask, _ selection: Selection, _ photograph: Image) throws -> Mask {
        var mask = mask
        if let path = selection.subtractPath { mask = mask.subtracting(try load(path, for: photograph)) }
        if selection.fillHoles { mask = mask.fillingHoles() }
        if selection.smallestIsland > 0 { mask = mask.removingIslands(smallerThan: selection.smallestIsland) }
        if let growth = selection.growth, let box = mask.boundingBox {
            mask = mask.grown(by: growth.pixels(longerSide: max(box.width, box.height)))
        }
        if selection.feather > 0 { mask = mask.feathered(by: selection.feather) }
        return selection.isInverted ? mask.inverted : mask
    }
}
