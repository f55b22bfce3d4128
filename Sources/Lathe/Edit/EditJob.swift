// The parts of one edit that share its picture, its notes and its clock.

import Compositing
import Foundation
import Images

/// The work of an edit, in the order in which ``EditRun`` asks for it.
struct EditJob {
    /// What was asked for; once there is a painter, also what was left open.
    private(set) var options: EditOptions
    let picture: EditPicture
    private(set) var notes: [String] = []
    private let report: (EditState) throws -> Void
    private var last = EditState(stage: .select, step: 0, total: 1)
    private var lastTime = Date.now
    private var paces: [EditStage: (pace: TimeLeft, step: Int)] = [:]
    private var previews = 0

    /// Opens the picture.
    init(_ options: EditOptions, report: @escaping (EditState) throws -> Void) throws {
        self.options = options
        self.report = report
        picture = try EditPicture(path: options.picture)
        for object in options.objects {
            try object.selection.validate(width: picture.image.width, height: picture.image.height)
        }
    }

    // MARK: What is edited

    /// The holes, and the picture that they are holes of: the photograph, or the canvas that an outpainted one lies in.
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
        for object in options.objects {
            try tell(.select, masks.count, options.objects.count)
            masks.append(
                try Selector.select(in: picture.photograph, object.selection, models: options.models).mask)
        }
        try tell(.select, masks.count, masks.count)
        if options.task == .replace, let first = masks.first {
            // Every one of them stays, so they have one hole round them.
            masks = [masks.dropFirst().reduce(first) { $0.union($1) }]
        }
        return (try masks.map(hole), image)
    }

    private func hole(of object: Mask) throws -> EditHole {
        let hole = EditHole(object: object, options: options), area = hole.mask.area
        guard area > 0 else {
            throw LatheError.badInput(
                options.task == .replace
                    ? "the object fills the picture: there is nothing round it to change; select less"
                    : "--grow leaves nothing of the object: there is nothing to change; shrink it less")
        }
        guard area < hole.mask.width * hole.mask.height || options.method == .diffusion else {
            throw LatheError.badInput(
                "the hole covers the whole picture: there is nothing left to go on from; select less")
        }
        return hole
    }

    /// What each hole is filled with, in words.
    ///
    /// Where the user gave none, the captioner says what the picture shows.
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
        let caption = try Captioning.describe(picture.image.seen, search: .beams(3), models: options.models)[
            0]
        try note("no prompt was given; the captioner says: \(caption)")
        try tell(.caption, 1, 1)
        return given.map { $0 ?? caption }
    }

    /// The model that fills holes of a picture.
    mutating func painter(for canvas: Image) throws -> HolePainter {
        switch options.method {
        case .lama:
            return HolePainter(
                filler: try LaMaFiller(options.models, refines: options.refines), textures: options.textures)
        case .diffusion:
            let pipeline = try DiffusionModel.open(options.models, options.diffusion)
            let (painter, notes) = try HolePainter.diffusion(pipeline, for: canvas, settling: &options)
            for text in notes { try note(text) }
            return painter
        }
    }

    // MARK: What is promised

    /// Checks the finished picture against the one that was edited, and that an outpainted one still holds the photograph.
    func check(_ edited: Image, against canvas: Image, hole: Mask) throws {
        _ = try LatheError.asking(.guaranteeFailed) {
            try Promise.check(edited, against: canvas, hole: hole)
        }
        guard options.task == .outpaint else { return }
        let m = options.margins, image = picture.image
        let kept = edited.cropped(
            to: PixelRectangle(
                left: m.left, top: m.top, right: m.left + image.width, bottom: m.top + image.height))
        _ = try LatheError.asking(.guaranteeFailed) {
            try Promise.check(
                kept, against: image, hole: Mask(width: image.width, height: image.height, value: 0))
        }
    }

    /// Selects again where the objects were.
    mutating func remainders(in edited: Image, holes: [Mask]) throws -> [EditResult.Remainder] {
        var found: [EditResult.Remainder] = []
        for (object, hole) in zip(options.objects, holes) {
            try tell(.check, found.count, holes.count)
            found.append(try Remainder.look(for: object, in: edited, hole: hole, models: options.models))
        }
        try tell(.check, holes.count, holes.count)
        return found
    }

    // MARK: What the caller sees

    /// Tells something once, however many objects and versions it concerns.
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

    /// Tells of a filler's step; `unit` of `units` holes are done, over all versions.
    mutating func tell(_ stage: EditStage, _ step: FillStep, unit: Int, of units: Int) throws {
        for text in step.notes { try note(text) }
        // Second passes have different numbers of tiles, so each is counted by itself.
        if stage == .fill {
            try tell(stage, unit * step.total + step.step, units * step.total)
        } else {
            try tell(stage, step.step, step.total)
        }
    }

    /// Keeps a look at the unfinished picture about ten times a pass, if there is a folder for it.
    mutating func keep(_ step: FillStep, in places: EditFolder) throws {
        guard let preview = step.preview, step.step % max(1, step.total / 10) == 0,
            let path = places.preview(previews)
        else { return }
        previews += 1
        try LatheError.asking(.badInput) { try preview().savePNG(path) }
    }
}
