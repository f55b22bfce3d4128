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
        let whole = found.mask
        found = try cleaned(found, selection, photograph)
        guard found.mask.area > 0 else {
            if selection.smallestIsland > 0, let largest = whole.components().areas.max(),
                !selection.isInverted,
                largest < selection.smallestIsland
            {
                throw LatheError.badInput(
                    "the selection is empty: its largest piece has \(largest) pixels, and pieces of less than "
                        + "\(selection.smallestIsland) are left out as asked; allow smaller ones")
            }
            throw LatheError.badInput(
                "the selection is empty: no pixel of the picture is left in it; select again")
        }
        let share = Double(found.mask.area) / Double(photograph.width * photograph.height)
        if share > mostOfPicture, !found.isOwnTransparency {
            found.notes.append(
                "the selection covers \(Int((100 * share).rounded(.down))) % of the picture; if it shows the background,"
                    + " click on the object, or invert the selection")
        }
        if share <= mostOfPicture, !found.isOwnTransparency, !selection.isInverted, found.mask.reachesAllEdges
        {
            found.notes.append(
                "the selection reaches all four edges of the picture; if it shows the background, click on the object, or"
                    + " invert the selection")
        }
        return found
    }

    /// Selections of a larger share of the picture get a remark: they are rarely meant.
    private static let mostOfPicture = 0.6

    /// Whether the selection is one that a segmenter answers; checks the file that is taken away from its answer.
    /// - Throws: `LatheError` (`badInput`) for a file that cannot be used.
    static func needsSegmenter(in photograph: Image, _ selection: Selection) throws -> Bool {
        guard selection.maskPath == nil, !selection.points.isEmpty || !selection.boxes.isEmpty else {
            return false
        }
        if let path = selection.subtractPath { _ = try load(path, for: photograph) }
        return true
    }

    private static func base(
        in photograph: Image, _ selection: Selection, session: ModelSession
    ) throws -> FoundMask {
        if let path = selection.maskPath {
            guard selection.points.isEmpty, selection.boxes.isEmpty else {
                throw LatheError.badInput(
                    "\(.maskPath) excludes \(.points) and \(.boxes); give one or the other")
            }
            let file = try load(path, for: photograph)
            guard file.mask.area > 0 else {
                throw LatheError.badInput(
                    "the mask \(path) is empty: it holds no white pixel; its largest value is \(file.largest) of"
                        + " \(file.white), and values above one half select")
            }
            return FoundMask(mask: file.mask, notes: file.note.map { [$0] } ?? [])
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

    /// Removes components smaller than an eighth of the mask, or of its largest one if all are, and holes smaller than a
    /// hundredth.
    ///
    /// A single click or box selects a single object, so small components are errors.
    package static func withoutSpecks(_ mask: Mask) -> Mask {
        mask.removingSpecks(below: 8).fillingHoles(upTo: mask.area / 100)
    }

    /// Loads a mask file and checks its size.
    private static func load(_ path: String, for photograph: Image) throws -> MaskFile {
        let file = try LatheError.asking(.badInput) { try MaskFile(path: path) }
        let mask = file.mask
        guard mask.width == photograph.width, mask.height == photograph.height else {
            throw LatheError.badInput(
                "the mask \(path) has \(mask.width) x \(mask.height) pixels, the picture "
                    + "\(photograph.width) x \(photograph.height); they must be equal")
        }
        return file
    }

    /// Applies the selection's post-processing in a fixed order.
    private static func cleaned(
        _ found: FoundMask, _ selection: Selection, _ photograph: Image
    ) throws -> FoundMask {
        var found = found, mask = found.mask
        if let path = selection.subtractPath {
            let file = try load(path, for: photograph)
            mask = mask.subtracting(file.mask)
            if let note = file.note { found.notes.append(note) }
        }
        if selection.fillHoles { mask = mask.fillingHoles() }
        if selection.smallestIsland > 0 { mask = mask.removingIslands(smallerThan: selection.smallestIsland) }
        if let growth = selection.growth, let box = mask.boundingBox {
            mask = mask.grown(by: growth.pixels(longerSide: max(box.width, box.height)))
        }
        if selection.feather > 0 { mask = mask.feathered(by: selection.feather) }
        found.mask = selection.isInverted ? mask.inverted : mask
        return found
    }
}

extension Mask {
    /// Whether it holds pixels of each of the picture's four edges.
    fileprivate var reachesAllEdges: Bool {
        guard let box = binarised.boundingBox else { return false }
        return box.left == 0 && box.top == 0 && box.right == width && box.bottom == height
    }
}
