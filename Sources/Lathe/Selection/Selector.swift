// Finds the mask of a selection.

package import Images

/// Finds the mask of a selection: by a segmenter, from a file, or from the picture's alpha channel.
package enum Selector {
    /// Finds the mask of a selection and post-processes it.
    /// - Parameters:
    ///   - photograph: RGB or RGBA.
    ///   - selection: of the object.
    ///   - models: holds the segmenter, which is opened for clicks and boxes only.
    /// - Throws: `LatheError`: `badInput` for a selection that cannot be used or finds nothing,
    ///   `modelUnusable` for the segmenter.
    /// - Returns: a mask that is not empty.
    package static func select(
        in photograph: Image, _ selection: Selection, session: ModelSession
    ) throws -> FoundMask {
        try selection.validate(width: photograph.width, height: photograph.height)
        var found = try base(in: photograph, selection, session: session)
        found.mask = try cleaned(found.mask, selection, photograph)
        guard found.mask.area > 0 else {
            throw LatheError.badInput(
                "the selection is empty: no pixel of the picture is left in it; select again")
        }
        return found
    }

    private static func base(
        in photograph: Image, _ selection: Selection, session: ModelSession
    ) throws -> FoundMask {
        if let path = selection.maskPath {
            guard selection.points.isEmpty, selection.boxes.isEmpty else {
                throw LatheError.badInput(
                    "\(.maskPath) excludes \(.points) and \(.boxes); give one or the other")
            }
            let mask = try load(path, for: photograph)
            guard mask.area > 0 else {
                throw LatheError.badInput("the mask \(path) is empty: it holds no white pixel")
            }
            return FoundMask(mask: mask)
        }
        if !selection.points.isEmpty || !selection.boxes.isEmpty {
            let segmenter = try Segmenter(session)
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
                "nothing is selected: add \(.points) x,y on the object, or \(.boxes) or \(.maskPath) "
                    + "(only a picture with transparency needs none)")
        }
        return FoundMask(mask: Mask(photograph.alpha), isOwnTransparency: true)
    }

    /// Removes components smaller than an eighth of the mask, and holes smaller than a hundredth.
    ///
    /// A single click or box selects a single object, so small components are errors.
    package static func withoutSpecks(_ mask: Mask) -> Mask {
        mask.removingIslands(smallerThan: mask.area / 8).fillingHoles(upTo: mask.area / 100)
    }

    /// Loads a mask file and checks its size.
    private static func load(_ path: String, for photograph: Image) throws -> Mask {
        let mask = try LatheError.asking(.badInput) { try Mask.load(path) }
        guard mask.width == photograph.width, mask.height == photograph.height else {
            throw LatheError.badInput(
                "the mask \(path) has \(mask.width) x \(mask.height) pixels, the picture "
                    + "\(photograph.width) x \(photograph.height); they must be equal")
        }
        return mask
    }

    /// Applies the selection's post-processing in a fixed order.
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
