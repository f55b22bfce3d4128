// The steps of an edit that share its picture, notes and timing.

import Compositing
import Foundation
import Images

/// The steps of an edit, in the order in which ``EditRun`` calls them.
struct EditJob {
    /// The options as given; after ``painter(for:)`` with all defaults settled.
    private(set) var options: EditOptions
    let picture: EditPicture
    private let session: ModelSession
    private(set) var notes: [String] = []
    private let report: (EditState) throws -> Void
    private var last = EditState(stage: .select, step: 0, total: 1)
    private var lastTime = Date.now
    private var paces: [EditStage: (pace: TimeLeft, step: Int)] = [:]
    private var previews = 0

    /// Opens the picture.
    init(
        _ options: EditOptions, picture: EditPicture, session: ModelSession,
        report: @escaping (EditState) throws -> Void
    ) throws {
        self.options = options
        self.report = report
        self.session = session
        self.picture = picture
        for object in options.objects {
            try object.selection.validate(width: picture.image.width, height: picture.image.height)
        }
    }

    // MARK: Picture and holes

    /// The holes, and the picture that they refer to: the photograph, or the enlarged canvas when
    /// outpainting.
    mutating func holes() throws -> ([EditHole], Image) {
        let image = picture.image
        guard options.task != .outpaint else {
            let m = options.margins
            let (w, h) = (image.width + m.left + m.right, image.height + m.top + m.bottom)
            guard w * h <= ImageFile.pixelLimit else {
                throw LatheError.badInput(
                    "\(w) x \(h) pixels are more than \(ImageFile.pixelLimit); ask for smaller margins")
            }
            let canvas = image.padded(
                left: m.left, top: m.top, right: m.right, bottom: m.bottom, mode: .reflect)
            let hole = EditHole(
                margins: m, width: image.width, height: image.height, feather: options.feather)
            return ([hole], canvas)
        }
        var masks: [Mask] = []
        var remarks: [String] = []
        for object in options.objects {
            try tell(.select, masks.count, options.objects.count)
            let found = try Selector.select(in: picture.photograph, object.selection, session: session)
            remarks += found.notes
            masks.append(found.mask)
        }
        try tell(.select, masks.count, masks.count)
        if options.task == .replace, let first = masks.first {
            // All selected objects stay, so there is one hole round all of them.
            masks = [masks.dropFirst().reduce(first) { $0.union($1) }]
        }
        let holes = try masks.map(hole)
        // A refusal is one line, so remarks come after what can be refused.
        for text in remarks { try note(text) }
        return (holes, image)
    }

    private func hole(of object: Mask) throws -> EditHole {
        let hole = EditHole(object: object, options: options), area = hole.mask.area
        guard area > 0 else {
            throw LatheError.badInput(
                options.task == .replace
                    ? "the object fills the picture: there is nothing round it to change; select less"
                    : "\(.growth) leaves nothing of the object: there is nothing to change; shrink it less")
        }
        guard area < hole.mask.width * hole.mask.height || options.method == .diffusion else {
            throw LatheError.badInput(
                "the hole covers the whole picture: there is nothing left to go on from; select less")
        }
        return hole
    }

    /// The prompt of each hole.
    ///
    /// Without a given prompt it is a caption of the picture.
    mutating func prompts(_ count: Int) throws -> [String] {
        let given =
            switch options.task {
            case .remove, .fill: options.objects.map(\.prompt)
            case .replace, .outpaint: [options.objects.lazy.compactMap(\.prompt).first]
            }
        guard options.method == .diffusion, options.task != .remove, given.contains(nil) else {
            return (0..<count).map { given[$0] ?? "" }
        }
        try tell(.caption, 0, 1)
        let caption = try Captioning.describe(picture.image.seen, search: .beams(3), session: session)[
            0]
        try note("no prompt was given; the captioner says: \(caption)")
        try tell(.caption, 1, 1)
        return given.map { $0 ?? caption }
    }

    /// A painter with a given filler.
    func painter(filledBy filler: any HoleFiller) throws -> HolePainter {
        try HolePainter(filler: filler, options, session: session)
    }

    /// Opens the model that fills the holes.
    mutating func painter(for canvas: Image) throws -> HolePainter {
        switch options.method {
        case .lama:
            return HolePainter(
                filler: try LaMaFiller(session, refines: options.refines), textures: options.textures)
        case .diffusion:
            let pipeline = try session.diffusion(options.diffusion)
            let (painter, notes) = try HolePainter.diffusion(
                pipeline, for: canvas, settling: &options, session: session)
            for text in notes { try note(text) }
            return painter
        }
    }

    // MARK: Invariants

    /// Checks the invariants, and when outpainting that the canvas still contains the photograph.
    func check(_ edited: Image, against canvas: Image, hole: Mask) throws {
        _ = try LatheError.asking(.guaranteeFailed) {
            try EditInvariant.check(edited, against: canvas, hole: hole)
        }
        guard options.task == .outpaint else { return }
        let m = options.margins, image = picture.image
        let kept = edited.cropped(
            to: PixelRectangle(
                left: m.left, top: m.top, right: m.left + image.width, bottom: m.top + image.height))
        _ = try LatheError.asking(.guaranteeFailed) {
            try EditInvariant.check(
                kept, against: image, hole: Mask(width: image.width, height: image.height, value: 0))
        }
    }

    /// Selects again where the objects were.
    mutating func remainders(in edited: Image, holes: [Mask]) throws -> [EditResult.Remainder] {
        var found: [EditResult.Remainder] = []
        for (object, hole) in zip(options.objects, holes) {
            try tell(.check, found.count, holes.count)
            found.append(try Remainder.look(for: object, in: edited, hole: hole, session: session))
        }
        try tell(.check, holes.count, holes.count)
        return found
    }

    // MARK: Progress

    /// Reports a note once per edit.
    mutating func note(_ text: String) throws {
        guard !notes.contains(text) else { return }
        notes.append(text)
        last.note = text
        defer { last.note = nil }
        try report(last)
    }

    mutating func tell(_ stage: EditStage, _ step: Int, _ total: Int) throws {
        var (pace, earlier) = paces[stage] ?? (TimeLeft(), step)
        if step > earlier { pace.add(seconds: Date.now.timeIntervalSince(lastTime) / Double(step - earlier)) }
        paces[stage] = (pace, step)
        lastTime = .now
        last = EditState(
            stage: stage, step: step, total: total, secondsLeft: pace.seconds(forSteps: total - step))
        try report(last)
    }

    /// Reports a filler's step; `unit` of `units` holes are done, over all versions.
    mutating func tell(_ stage: EditStage, _ step: FillStep, unit: Int, of units: Int) throws {
        for text in step.notes { try note(text) }
        // Detail passes differ in their number of tiles, so each is counted separately.
        if stage == .fill {
            try tell(stage, unit * step.total + step.step, units * step.total)
        } else {
            try tell(stage, step.step, step.total)
        }
    }

    /// Saves a preview about ten times a pass, if there is a folder for it.
    mutating func keep(_ step: FillStep, _ place: (Int) -> String?) throws {
        guard let preview = step.preview, step.step % max(1, step.total / 10) == 0,
            let path = place(previews)
        else { return }
        previews += 1
        try LatheError.asking(.badInput) { try preview().savePNG(path) }
    }
}
