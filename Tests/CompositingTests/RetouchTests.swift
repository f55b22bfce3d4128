// The invariants of an edit, over pictures, holes and models of every kind.

import Arrays
import Compositing
import Images
import TestSupport
import Testing

@Suite struct RetouchTests {
    static let needs: [CropPlan.Needs] = [
        .init(size: .area(side: 64, aspect: 1.6), multiple: 8, context: 0.25),
        .init(size: .free(thickness: 20), multiple: 8, context: 1),
    ]

    @Test(arguments: needs) func invariantsHoldForAnyPictureHoleAndModel(needs: CropPlan.Needs) throws {
        var random = RandomStream(seed: 21, stream: "retouch")
        for round in 0..<160 {
            let hole: Mask
            if round % 2 == 0 {
                hole = Holes.box(&random, most: 150)
            } else {
                let (w, h) = (1 + Holes.below(120, &random), 1 + Holes.below(120, &random))
                hole = Holes.blots(&random, width: w, height: h)
            }
            guard let plan = CropPlan(hole: hole, needs: needs) else { continue }
            let channels = 1 + round % 4
            let picture = Pictures.noise(&random, width: hole.width, height: hole.height, channels: channels)
            let working: Image
            switch round % 3 {
            case 0:
                working = Pictures.noise(
                    &random, width: plan.workingWidth, height: plan.workingHeight, channels: 3)
            case 1: working = Image(width: plan.workingWidth, height: plan.workingHeight, color: [1, 0, 0.5])
            default: working = Pictures.gradient(width: plan.workingWidth, height: plan.workingHeight)
            }
            let result = try Retouch(
                laying: working, into: picture, hole: hole, plan: plan, feather: Float(round % 5),
                border: [.ground, .frame, .outline][round / 3 % 3])
            #expect(result.picture.pixels.shape == picture.pixels.shape)
            #expect(result.seam.excess <= EditInvariant.seamBound)
            let (before, after, members) = (picture.bytes, result.picture.bytes, hole.inside)
            let outside = members.indices.filter { !members[$0] }
            #expect(
                outside.allSatisfy { pixel in
                    (0..<channels).allSatisfy {
                        before[pixel * channels + $0] == after[pixel * channels + $0]
                    }
                })
            if picture.hasAlpha {
                #expect(
                    members.indices.allSatisfy {
                        before[$0 * channels + channels - 1] == after[$0 * channels + channels - 1]
                    })
            }
        }
    }

    @Test func aShiftOfTheWholeToneDisappears() throws {
        let picture = Pictures.gradient(width: 80, height: 60)
        let hole = Mask(
            width: 80, height: 60, inside: (0..<4800).map { 20..<50 ~= $0 % 80 && 15..<45 ~= $0 / 80 })
        let plan = try #require(
            CropPlan(hole: hole, needs: .init(size: .free(thickness: 64), multiple: 8, context: 1)))
        // The truth, but darker and greener, as a latent model returns it.
        let shown = plan.shown(picture)
        let working = Image(
            NDArray(shape: shown.pixels.shape) { out in
                shown.pixels.withUnsafeBuffer { shown in
                    for i in out.indices { out[i] = shown[i] * 0.9 + (i % 3 == 1 ? 0.08 : -0.02) }
                }
            })
        let result = try Retouch(laying: working, into: picture, hole: hole, plan: plan, feather: 2)
        let errors = zip(result.picture.pixels.scalars, picture.pixels.scalars).map { abs($0 - $1) }
        #expect((errors.max() ?? 1) < 0.02)
        #expect(result.seam.result < 4)
    }

    /// A model that knows what lies in the hole: laid back a pixel off, noise would not fit at all.
    @Test(arguments: [Retouch.Border.ground, .frame, .outline])
    func whatAModelKnowsComesBackPixelForPixel(border: Retouch.Border) throws {
        var random = RandomStream(seed: 22, stream: "retouch")
        let picture = Pictures.noise(&random, width: 70, height: 50, channels: 3)
        let hole = Mask(
            width: 70, height: 50, inside: (0..<3500).map { 9..<23 ~= $0 % 70 && 30..<47 ~= $0 / 70 })
        let plan = try #require(
            CropPlan(hole: hole, needs: .init(size: .free(thickness: 1000), multiple: 8, context: 1)))
        #expect(plan.scale == 1)
        let result = try Retouch(
            laying: plan.shown(picture), into: picture, hole: hole, plan: plan, feather: 3, border: border)
        let (before, after) = (picture.bytes, result.picture.bytes)
        let far = before.indices.filter { abs(Int(before[$0]) - Int(after[$0])) > 1 }
        // The outline's border is made anew from what lies deeper than two pixels.
        #expect(border == .outline ? far.count < hole.area * 3 : far.isEmpty, "\(far.count) values")
        let values = result.picture.pixels.scalars, expected = picture.pixels.scalars
        let middle = 3 * (38 * 70 + 16)
        for channel in 0..<3 { #expect(abs(values[middle + channel] - expected[middle + channel]) < 0.01) }
    }

    /// A grey square stays, and a model drew it half a working pixel too large on green.
    @Test func nothingOfWhatAModelMadeOfAThingStaysRoundIt() throws {
        let kept = { (pixel: Int) in 40..<80 ~= pixel % 120 && 40..<80 ~= pixel / 120 }
        let picture = Image(width: 120, height: 120, color: [0.5, 0.5, 0.5])
        let hole = Mask(width: 120, height: 120, inside: (0..<14_400).map { !kept($0) })
        let plan = try #require(
            CropPlan(hole: hole, needs: .init(size: .area(side: 24, aspect: 1), multiple: 8, context: 0)))
        #expect(plan.workingWidth == 24 && plan.scale == 5)
        let working = Image(
            NDArray(shape: [24, 24, 3]) { out in
                for pixel in 0..<576 {
                    let isRed = 7..<17 ~= pixel % 24 && 7..<17 ~= pixel / 24
                    for c in 0..<3 { out[3 * pixel + c] = c == (isRed ? 0 : 1) ? 0.8 : 0.1 }
                }
            })
        func reddest(_ border: Retouch.Border) throws -> Float {
            let laid = try Retouch(
                laying: working, into: picture, hole: hole, plan: plan, feather: 0, border: border)
            let values = laid.picture.pixels.scalars
            return hole.inside.indices.filter { hole.inside[$0] }.map { values[3 * $0] }.max() ?? 0
        }
        #expect(try reddest(.outline) < 0.25)
        #expect(try reddest(.ground) > 0.45)
    }

    /// What a model puts into the middle keeps its colours, though it shows the surroundings too dark.
    @Test func somethingNewKeepsItsColours() throws {
        let picture = Image(width: 96, height: 96, color: [0.9, 0.9, 0.9])
        let hole = Mask(
            width: 96, height: 96, inside: (0..<9216).map { 16..<80 ~= $0 % 96 && 16..<80 ~= $0 / 96 })
        let plan = CropPlan(wholeWidth: 96, height: 96)
        let working = Image(width: 96, height: 96, color: [0.5, 0.4, 0.2])
        func middle(_ border: Retouch.Border) throws -> [Float] {
            let laid = try Retouch(
                laying: working, into: picture, hole: hole, plan: plan, feather: 2, border: border)
            #expect(laid.seam.result < 20)
            return (0..<3).map { laid.picture.pixels.scalars[3 * (48 * 96 + 48) + $0] }
        }
        #expect(zip(try middle(.frame), [0.5, 0.4, 0.2]).allSatisfy { abs($0 - $1) < 0.01 })
        #expect(zip(try middle(.ground), [0.9, 0.9, 0.9]).allSatisfy { abs($0 - $1) < 0.05 })
    }

    @Test func changedPixelsOutsideViolateAnInvariant() throws {
        let picture = Pictures.gradient(width: 8, height: 8)
        let hole = Mask(width: 8, height: 8, inside: (0..<64).map { $0 == 27 })
        var changed = picture
        changed.pixels.withUnsafeMutableBuffer { $0[0] += 1.0 / 255 }
        #expect(throws: InvariantViolation.self) {
            try EditInvariant.check(changed, against: picture, hole: hole)
        }
        var broken = picture
        broken.pixels.withUnsafeMutableBuffer { $0[27 * 3] = .nan }
        #expect(throws: InvariantViolation.self) {
            try EditInvariant.check(broken, against: picture, hole: hole)
        }
        #expect(throws: InvariantViolation.self) {
            try EditInvariant.check(Pictures.gradient(width: 8, height: 7), against: picture, hole: hole)
        }
        #expect(throws: Never.self) { try EditInvariant.check(picture, against: picture, hole: hole) }
    }

    @Test func aStepThatTheEditAddsViolatesAnInvariant() {
        let grey = Image(width: 20, height: 20, color: [0.5, 0.5, 0.5])
        let hole = Mask(
            width: 20, height: 20, inside: (0..<400).map { 5..<15 ~= $0 % 20 && 5..<15 ~= $0 / 20 })
        var result = grey
        result.pixels.withUnsafeMutableBuffer { values in
            for (pixel, inside) in hole.inside.enumerated() where inside {
                for c in 0..<3 { values[pixel * 3 + c] = 0.6 }
            }
        }
        #expect(throws: InvariantViolation.self) {
            try EditInvariant.check(
                result, against: grey, hole: hole, made: Image(width: 20, height: 20, color: [0.6, 0.6, 0.6]))
        }
    }
}
