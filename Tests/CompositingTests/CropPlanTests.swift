// The planner: every hole of every picture gets a window that holds it and a size that the model can take.

import Arrays
import Compositing
import Images
import TestSupport
import Testing

@Suite struct CropPlanTests {
    static let needs: [CropPlan.Needs] = [
        .init(size: .area(side: 64, aspect: 1), multiple: 8, context: 0.25),
        .init(size: .area(side: 512, aspect: 1.6), multiple: 64, context: 0.5),
        .init(size: .free(thickness: 96), multiple: 8, context: 1),
        .init(size: .free(thickness: 12), multiple: 8, context: 2),
    ]

    @Test(arguments: needs) func anyHoleOfAnyPictureIsShownWhole(needs: CropPlan.Needs) throws {
        var random = RandomStream(seed: 11, stream: "crop plans")
        for _ in 0..<300 {
            let hole = Holes.box(&random, most: 700)
            let box = try #require(hole.boundingBox)
            let plan = try #require(CropPlan(hole: hole, needs: needs))
            #expect(plan.window.left <= box.left && plan.window.right >= box.right)
            #expect(plan.window.top <= box.top && plan.window.bottom >= box.bottom)
            #expect(plan.workingWidth % needs.multiple == 0 && plan.workingHeight % needs.multiple == 0)
            #expect(plan.workingWidth > 0 && plan.workingHeight > 0)
            // A window leaves the picture only where it is larger than the picture.
            for (span, limit) in [(plan.window.columns, hole.width), (plan.window.rows, hole.height)] {
                #expect(span.count >= limit || (span.lowerBound >= 0 && span.upperBound <= limit))
            }
            if case .area(let side, let aspect) = needs.size {
                let (w, h) = (Float(plan.workingWidth), Float(plan.workingHeight))
                #expect(abs(w * h / Float(side * side) - 1) < 0.3)
                #expect(max(w / h, h / w) <= aspect + 0.3)
                // Nothing is squeezed by more than the rounding to whole pixels.
                let squeeze = Float(plan.window.width) / w * h / Float(plan.window.height)
                #expect(abs(squeeze - 1) < 0.05 || min(plan.window.width, plan.window.height) < 40)
            }
        }
    }

    /// A reflection shows a model what is not there, and models of latent diffusion know squares best.
    @Test func windowsAreSquaresWithinThePicture() throws {
        var random = RandomStream(seed: 12, stream: "squares")
        func plan(_ width: Int, _ height: Int, _ box: PixelRectangle) throws -> CropPlan {
            let hole = Mask(
                width: width, height: height,
                inside: (0..<width * height).map {
                    box.columns.contains($0 % width) && box.rows.contains($0 / width)
                })
            return try #require(
                CropPlan(
                    hole: hole, needs: .init(size: .area(side: 64, aspect: 1.6), multiple: 16, context: 0.25))
            )
        }
        for _ in 0..<100 {
            let (width, height) = (200 + random.int(below: 100), 200 + random.int(below: 100))
            let (w, h) = (10 + random.int(below: 180), 10 + random.int(below: 180))
            let (x, y) = (random.int(below: width - w + 1), random.int(below: height - h + 1))
            let made = try plan(width, height, PixelRectangle(left: x, top: y, right: x + w, bottom: y + h))
            let longer = min(Int(1.5 * Float(max(w, h))), max(width, height))
            if longer <= min(width, height) {
                #expect(made.workingWidth == 64 && made.workingHeight == 64)
                #expect(made.inside == made.window, "\(w) x \(h) in \(width) x \(height): \(made.window)")
            }
        }
        let all = try plan(300, 200, PixelRectangle(left: 0, top: 0, right: 300, bottom: 200))
        #expect(all.workingWidth == 80 && all.workingHeight == 48)
    }

    @Test func freeWindowsKeepThePictureAsItIsWhereTheHoleIsThin() throws {
        let wire = Mask(width: 900, height: 300, inside: (0..<270_000).map { $0 / 900 == 120 })
        let plan = try #require(
            CropPlan(hole: wire, needs: .init(size: .free(thickness: 40), multiple: 8, context: 1)))
        #expect(plan.scale == 1)
        #expect(plan.workingWidth == 904 && plan.workingHeight < 60)
    }

    @Test func thickHolesAreMadeAsThinAsTheModelWants() throws {
        let disc = Mask(
            width: 1000, height: 1000,
            inside: (0..<1_000_000).map {
                ($0 % 1000 - 500) * ($0 % 1000 - 500) + ($0 / 1000 - 500) * ($0 / 1000 - 500) < 40_000
            })
        let plan = try #require(
            CropPlan(hole: disc, needs: .init(size: .free(thickness: 100), multiple: 8, context: 1)))
        #expect(abs(plan.shown(disc).thickness - 100) < 6)
    }

    @Test func everyPixelOfTheHoleIsHoleInWhatTheModelSees() throws {
        var random = RandomStream(seed: 12, stream: "holes")
        for _ in 0..<60 {
            let hole = Holes.box(&random, most: 200)
            let plan = try #require(
                CropPlan(
                    hole: hole, needs: .init(size: .area(side: 32, aspect: 1), multiple: 8, context: 0.3)))
            let shown = plan.shown(hole)
            let (w, h) = (plan.window.width, plan.window.height)
            for (index, isInside) in hole.inside.enumerated() where isInside {
                let x = (index % hole.width - plan.window.left) * 32 / w
                let y = (index / hole.width - plan.window.top) * 32 / h
                #expect(shown.inside[y * 32 + x])
            }
        }
    }

    @Test func whatIsShownComesBackWhereItWas() throws {
        let picture = Pictures.gradient(width: 90, height: 70)
        let hole = Mask(width: 90, height: 70, inside: (0..<6300).map { $0 % 90 > 70 && $0 / 90 < 15 })
        let plan = try #require(
            CropPlan(hole: hole, needs: .init(size: .area(side: 64, aspect: 1), multiple: 8, context: 0.5)))
        let back = plan.restored(plan.shown(picture))
        expectClose(
            back.pixels, picture.cropped(to: plan.inside).pixels, relative: 0.02)
    }

    /// At the picture's own scale nothing is resampled, so one pixel off would show; windows that hang over included.
    @Test(arguments: [
        PixelRectangle(left: 30, top: 20, right: 41, bottom: 36),
        PixelRectangle(left: 0, top: 0, right: 9, bottom: 7),
        PixelRectangle(left: 83, top: 66, right: 90, bottom: 70),
        PixelRectangle(left: 0, top: 30, right: 90, bottom: 34),
    ])
    func aWindowOfThePicturesOwnScaleComesBackPixelForPixel(box: PixelRectangle) throws {
        var random = RandomStream(seed: 13, stream: "windows")
        let picture = Pictures.noise(&random, width: 90, height: 70, channels: 3)
        let hole = Mask(
            width: 90, height: 70,
            inside: (0..<6300).map { box.columns.contains($0 % 90) && box.rows.contains($0 / 90) })
        let plan = try #require(
            CropPlan(hole: hole, needs: .init(size: .free(thickness: 1000), multiple: 8, context: 1)))
        #expect(plan.workingWidth == plan.window.width && plan.workingHeight == plan.window.height)
        let shown = plan.shown(picture)
        let (x, y) = (box.left - plan.window.left, box.top - plan.window.top)
        let corner = shown.cropped(to: PixelRectangle(left: x, top: y, right: x + 1, bottom: y + 1))
        let wanted = picture.cropped(
            to: PixelRectangle(left: box.left, top: box.top, right: box.left + 1, bottom: box.top + 1))
        #expect(corner.bytes == wanted.bytes)
        #expect(plan.restored(shown).bytes == picture.cropped(to: plan.inside).bytes)
    }

    /// The part of a picture from (12, 5) on, planned by itself and as a part of the whole.
    @Test func aPlacedPlanShowsTheSamePart() throws {
        var random = RandomStream(seed: 14, stream: "placed")
        let whole = Pictures.noise(&random, width: 90, height: 70, channels: 3)
        let part = PixelRectangle(left: 12, top: 5, right: 62, bottom: 55)
        let hole = Mask(
            width: 50, height: 50, inside: (0..<2500).map { 20..<30 ~= $0 % 50 && 18..<30 ~= $0 / 50 })
        let plan = try #require(
            CropPlan(hole: hole, needs: .init(size: .area(side: 24, aspect: 1), multiple: 8, context: 0.5)))
        #expect(plan.inside == plan.window)
        let placed = plan.placed(left: part.left, top: part.top, width: 90, height: 70)
        #expect(placed.shown(whole).bytes == plan.shown(whole.cropped(to: part)).bytes)
    }

    @Test func anEmptyHoleHasNoPlan() {
        #expect(CropPlan(hole: Mask(width: 5, height: 4, value: 0), needs: Self.needs[0]) == nil)
    }
}
