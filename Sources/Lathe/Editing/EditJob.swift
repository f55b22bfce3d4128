// The parts of one edit that share its picture, its notes and its clock.

import Editing
import Foundation
import Images

/// The work of an edit, in the order in which ``EditRun`` asks for it.
struct EditJob {
    let options: EditOptions
    let picture: EditPicture
    private(set) var notes: [String] = []
    private let report: (EditState) throws -> Void
    private var pace = TimeLeft()
    private var last: (stage: EditStage, step: Int, time: Date)?
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
        try tell(.select, 0, options.objects.count)
        var holes: [EditHole] = []
        for (index, object) in options.objects.enumerated() {
            let found = try Selector.select(in: picture.photograph, object.selection, models: options.models)
            holes.append(EditHole(object: found.mask, options: options))
            guard holes[index].mask.area > 0 else {
                throw LatheError.badInput(
                    "the object fills the picture: there is nothing round it to change; select less")
            }
            guard holes[index].mask.area < image.width * image.height || options.method == .diffusion else {
                throw LatheError.badInput(
                    "the mask covers the whole picture: there is nothing left to go on from; select less")
            }
            try tell(.select, index + 1, options.objects.count)
        }
        return (holes, image)
    }

    /// What each hole is filled with, in words.
    ///
    /// Where the user gave none, the captioner says what the picture shows.
    mutating func prompts(_ count: Int) throws -> [String] {
        let given =
            options.task == .outpaint ? [options.objects.first?.prompt] : options.objects.map(\.prompt)
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
    func painter(for canvas: Image) throws -> HolePainter {
        switch options.method {
        case .lama:
            HolePainter(filler: try LaMaFiller(options.models, refines: options.refines), detail: 0)
        case .diffusion:
            // What is put in an object's place is seen close; what surrounds an object is seen with all of it.
            HolePainter(
                filler: try DiffusionFiller(
                    options.models, options.diffusion, for: canvas,
                    context: options.task == .fill ? 0.15 : 0.25),
                detail: options.diffusion.detail)
        }
    }

    // MARK: What is promised

    /// Checks that an outpainted picture still holds the photograph, bit for bit.
    func checkKept(_ edited: Image) throws {
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

    mutating func note(_ text: String) throws {
        notes.append(text)
        try report(EditState(stage: last?.stage ?? .select, step: last?.step ?? 0, total: 1, note: text))
    }

    mutating func tell(_ stage: EditStage, _ step: Int, _ total: Int) throws {
        if let last, last.stage == stage, step > last.step {
            pace.add(seconds: Date.now.timeIntervalSince(last.time) / Double(step - last.step))
        } else {
            pace = TimeLeft()
        }
        last = (stage, step, .now)
        try report(
            EditState(
                stage: stage, step: step, total: total, secondsLeft: pace.seconds(forSteps: total - step)))
    }

    /// Keeps a look at the unfinished picture about ten times a run, if there is a folder for it.
    mutating func keep(_ preview: (() -> Image)?, _ step: Int, _ total: Int, in places: EditFolder) throws {
        let every = max(1, total / 10)
        guard let preview, step % every == 0, let path = places.preview(previews) else { return }
        previews += 1
        try LatheError.asking(.badInput) { try preview().savePNG(path) }
    }
}
