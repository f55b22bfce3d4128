// The promises of an edit, over pictures, holes and models of every kind.

import Arrays
import Editing
import Images
import TestSupport
import Testing

@Suite struct RetouchTests {
    static let needs: [CropPlan.Needs] = [
        .init(size: .area(side: 64, aspect: 1.6), multiple: 8, context: 0.25),
        .init(size: .free(thickness: 20), multiple: 8, context: 1),
    ]

    @Test(arguments: needs) func promisesHoldForAnyPictureHoleAndModel(needs: CropPlan.Needs) throws {
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
                laying: working, into: picture, hole: hole, plan: plan, feather: Float(round % 5))
            #expect(result.picture.pixels.shape == picture.pixels.shape)
            #expect(result.seam.excess <= Promise.seamBound)
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

    @Test func changedPixelsOutsideAreABrokenPromise() throws {
        let picture = Pictures.gradient(width: 8, height: 8)
        let hole = Mask(width: 8, height: 8, inside: (0..<64).map { $0 == 27 })
        var changed = picture
        changed.pixels.withUnsafeMutableBuffer { $0[0] += 1.0 / 255 }
        #expect(throws: BrokenPromise.self) { try Promise.check(changed, against: picture, hole: hole) }
        var broken = picture
        broken.pixels.withUnsafeMutableBuffer { $0[27 * 3] = .nan }
        #expect(throws: BrokenPromise.self) { try Promise.check(broken, against: picture, hole: hole) }
        #expect(throws: BrokenPromise.self) {
            try Promise.check(Pictures.gradient(width: 8, height: 7), against: picture, hole: hole)
        }
        #expect(throws: Never.self) { try Promise.check(picture, against: picture, hole: hole) }
    }

    @Test func aStepThatTheEditAddsIsABrokenPromise() {
        let grey = Image(width: 20, height: 20, color: [0.5, 0.5, 0.5])
        let hole = Mask(
            width: 20, height: 20, inside: (0..<400).map { 5..<15 ~= $0 % 20 && 5..<15 ~= $0 / 20 })
        var result = grey
        result.pixels.withUnsafeMutableBuffer { values in
            for (pixel, inside) in hole.inside.enumerated() where inside {
                for c in 0..<3 { values[pixel * 3 + c] = 0.6 }
            }
        }
        #expect(throws: BrokenPromise.self) {
            try Promise.check(
                result, against: grey, hole: hole, made: Image(width: 20, height: 20, color: [0.6, 0.6, 0.6]))
        }
    }
}
