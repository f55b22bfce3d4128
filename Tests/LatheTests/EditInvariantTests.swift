// The invariants of an edit, from file to file: size, kind, and every pixel outside the mask, for pictures of every shape.

import Arrays
import Compositing
import Foundation
import Images
import Lathe
import TestSupport
import Testing

@Suite struct EditInvariantTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Edits to a folder and compares what was written with the picture and the mask written beside it.
    private func check(
        _ task: EditTask, _ picture: Image, hole: Mask, feather: Float? = nil, _ words: String
    ) throws {
        let output = "\(folder.path)/out"
        var options = EditBench.options(
            task, try folder.save(picture, "in.png"), masks: [try folder.save(hole, "hole.png")],
            prompt: "a red apple", output: output)
        options.growth = .pixels(0)
        options.feather = feather
        let result = try EditRun.run(options)
        let mask = try Mask.load("\(output)/mask.png")
        #expect(mask.inside == (task == .replace ? hole.inside.map { !$0 } : hole.inside), "\(words)")
        EditBench.expectKept(try Image.load(result.picture), picture, outside: mask, words)
        #expect(result.versions.allSatisfy { $0.seams.allSatisfy { $0.excess <= EditInvariant.seamBound } })
    }

    private static func below(_ limit: Int, _ random: inout RandomStream) -> Int {
        min(limit - 1, Int(random.uniform([1]).scalars[0] * Float(limit)))
    }

    /// A side of 1 to 200 pixels, often very few.
    private static func side(_ random: inout RandomStream) -> Int {
        switch below(8, &random) {
        case 0: 1
        case 1, 2: 1 + below(12, &random)
        default: 1 + below(200, &random)
        }
    }

    /// Part of a range, often at one of its ends, never all of a range longer than one pixel.
    private static func span(_ limit: Int, _ random: inout RandomStream) -> Range<Int> {
        let count = 1 + below(max(1, limit - 1), &random)
        let start = [0, limit - count, below(limit - count + 1, &random)][below(3, &random)]
        return start..<(start + count)
    }

    @Test func anyBoxOfAnyPictureIsRemovedWithNothingElseChanged() throws {
        var random = RandomStream(seed: 31, stream: "edit sizes")
        for round in 0..<50 {
            let (w, h) = (Self.side(&random), 1 + Self.side(&random))
            let (columns, rows) = (Self.span(w, &random), Self.span(h, &random))
            let hole = EditBench.box(
                PixelRectangle(
                    left: columns.lowerBound, top: rows.lowerBound, right: columns.upperBound,
                    bottom: rows.upperBound), width: w, height: h)
            try check(
                .remove, EditBench.noise(width: w, height: h, channels: 1 + round % 4, seed: UInt64(round)),
                hole: hole, feather: round % 2 == 0 ? nil : Float(round % 7),
                "\(w) x \(h), \(columns), \(rows)")
        }
    }

    @Test(arguments: [(4096, 3), (3, 2500), (1, 700), (900, 1), (2, 2)])
    func extremeShapesAreEdited(size: (width: Int, height: Int)) throws {
        let (w, h) = size
        let picture = EditBench.noise(width: w, height: h)
        let corner = PixelRectangle(left: w - max(1, w / 8), top: h - max(1, h / 8), right: w, bottom: h)
        try check(.remove, picture, hole: EditBench.box(corner, width: w, height: h), "\(size)")
        try check(.fill, picture, hole: EditBench.box(corner, width: w, height: h), "\(size)")
    }

    @Test func everyCornerAndEdgeAndMasksWithHolesAreEdited() throws {
        let (w, h) = (90, 70), picture = EditBench.noise(width: w, height: h, channels: 4)
        for top in [0, 25, h - 20] {
            for left in [0, 30, w - 25] {
                let box = PixelRectangle(left: left, top: top, right: left + 25, bottom: top + 20)
                let inner = PixelRectangle(left: left + 8, top: top + 6, right: left + 15, bottom: top + 12)
                let ring = EditBench.box(box, width: w, height: h).subtracting(
                    EditBench.box(inner, width: w, height: h))
                for task in [EditTask.remove, .fill] {
                    try check(task, picture, hole: ring, "\(box) \(task)")
                }
            }
        }
        try check(
            .replace, picture,
            hole: EditBench.box(
                PixelRectangle(left: 0, top: 50, right: 40, bottom: 70), width: w, height: h), "replace")
    }

    @Test func onePixelAndAMaskOfAllPixelsAreFilledAndNotRemoved() throws {
        for (w, h) in [(1, 1), (40, 30)] {
            let all = Mask(width: w, height: h, value: 1)
            try check(.fill, EditBench.noise(width: w, height: h), hole: all, "\(w) x \(h)")
            let error = #expect(throws: LatheError.self) {
                try check(.remove, EditBench.noise(width: w, height: h), hole: all, "")
            }
            #expect(error?.code == .badInput && error?.message.contains("nothing left") == true)
        }
    }

    /// Grey, alpha, palettes, 16 bits, inks, turned and interlaced pictures.
    @Test(arguments: [
        "grey.png", "grey1.png", "grey16.png", "grey_alpha.png", "rgb.png", "rgb16.png", "rgba.png",
        "ramp16.png", "palette2.png", "palette4.png", "palette8.png", "palette_clear.png", "color_key.png",
        "interlaced.png", "gamma.png", "turned5.png", "turned8.png", "baseline.jpg", "grey.jpg", "ink.jpg",
        "progressive.jpg", "turned6.jpg",
    ])
    func everyKindOfPictureStaysOfItsKind(name: String) throws {
        let path = "\(EditBench.pictures)/\(name)"
        let file = try ImageFile(path: path), (w, h) = (file.image.width, file.image.height)
        let box = PixelRectangle(left: w / 3, top: h / 3, right: w / 2, bottom: h / 2)
        let mask = try folder.save(EditBench.box(box, width: w, height: h), "hole.png")
        let output = "\(folder.path)/out"
        _ = try EditRun.run(EditBench.options(.remove, path, masks: [mask], output: output))
        let result = try ImageFile(path: "\(output)/result.png")
        // What inks become is no multiple of 1 / 255 until it is written.
        let before =
            file.bits == 16
            ? file.image
            : Image(width: w, height: h, channels: file.image.channels, bytes: file.image.bytes)
        EditBench.expectKept(result.image, before, outside: try Mask.load("\(output)/mask.png"), name)
        #expect(result.bits == file.bits)
        #expect(result.orientation == 1)
        let other = "\(folder.path)/other.jpg"
        let again = try EditRun.run(EditBench.options(.remove, path, masks: [mask], output: other))
        let written = try ImageFile(path: other)
        #expect(written.format == .jpeg && written.colorProfile == file.colorProfile)
        #expect((written.image.width, written.image.height) == (w, h))
        #expect(written.image.channels == (file.image.channels < 3 ? 1 : 3))
        #expect(again.notes.contains { $0.contains("JPEG") })
    }

    @Test(.enabled(if: TestData.isPresent, "\(TestData.absent)"))
    func theColourProfileIsKept() throws {
        let path = try #require(TestData.folder) + "/photos/astronaut.png"
        let file = try ImageFile(path: path), output = "\(folder.path)/out.png"
        #expect(!file.colorProfile.isEmpty)
        let spot = EditBench.box(
            PixelRectangle(left: 100, top: 90, right: 130, bottom: 120), width: file.image.width,
            height: file.image.height)
        let mask = try folder.save(spot, "hole.png")
        _ = try EditRun.run(EditBench.options(.remove, path, masks: [mask], output: output))
        #expect(try ImageFile(path: output).colorProfile == file.colorProfile)
    }

    @Test func anOutpaintedPictureHoldsThePhotographToTheBit() throws {
        for (index, channels) in [1, 2, 3, 4].enumerated() {
            let picture = EditBench.noise(width: 30 + index, height: 21, channels: channels)
            var options = EditBench.options(
                .outpaint, try folder.save(picture, "in.png", bits: 16), masks: [],
                output: "\(folder.path)/out.png")
            options.objects = [EditObject(selection: Selection(), prompt: "a red apple")]
            options.margins = EditMargins(
                left: index == 0 ? 0 : 33, top: 5, right: 0, bottom: index == 2 ? 40 : 0)
            if index == 3 { options.method = .lama }
            let result = try ImageFile(path: try EditRun.run(options).picture)
            let m = options.margins
            #expect(result.image.width == picture.width + m.left && result.bits == 16)
            #expect(result.image.height == picture.height + m.top + m.bottom)
            let kept = result.image.cropped(
                to: PixelRectangle(
                    left: m.left, top: m.top, right: m.left + picture.width, bottom: m.top + picture.height))
            #expect(kept.pixels.scalars == picture.pixels.scalars)
        }
    }

    @Test func theSecondPassKeepsTheInvariantsAndChangesTheHole() throws {
        let picture = EditBench.noise(width: 300, height: 190)
        let hole = EditBench.box(
            PixelRectangle(left: 60, top: 0, right: 300, bottom: 150), width: 300, height: 190)
        var options = EditBench.options(
            .fill, try folder.save(picture, "in.png"), masks: [try folder.save(hole, "hole.png")],
            prompt: "a red apple", output: "\(folder.path)/coarse.png")
        options.growth = .pixels(0)
        _ = try EditRun.run(options)
        (options.diffusion.detail, options.output) = (0.5, "\(folder.path)/fine.png")
        var tiles: [Int] = []
        let result = try EditRun.run(options) { if $0.stage == .detail { tiles.append($0.step) } }
        // Tiles of 36 pixels over 240 x 150, of one step each; the model sees squares of 64.
        #expect(tiles.last == 7 * 5 && tiles == tiles.sorted())
        let (coarse, fine) = (
            try Image.load("\(folder.path)/coarse.png"), try Image.load("\(folder.path)/fine.png")
        )
        EditBench.expectKept(fine, picture, outside: hole)
        #expect(coarse.bytes != fine.bytes)
        #expect(result.versions[0].seams[0].excess <= EditInvariant.seamBound)
    }
}
