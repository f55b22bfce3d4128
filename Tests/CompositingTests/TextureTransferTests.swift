// Texture from round a hole: it comes back, stays where it belongs, and is never put where it is not missing.

import Arrays
import Compositing
import Images
import TestSupport
import Testing

// Serial: one test sets the number of threads.
@Suite(.serialized) struct TextureTransferTests {
    static let side = 96
    static let hole = Mask(
        width: side, height: side,
        inside: (0..<side * side).map { 32..<64 ~= $0 % side && 30..<58 ~= $0 / side })

    /// Boards of random brightness with grain, as a picture and with the hole smoothed over.
    static func boards() -> (truth: Image, soft: Image) {
        var random = RandomStream(seed: 4, stream: "boards")
        let grain = random.uniform([side, side, 3]).scalars
        let truth = Image(
            NDArray(shape: [side, side, 3]) { out in
                for i in out.indices {
                    let x = i / 3 % side
                    out[i] = (x / 6 % 2 == 0 ? 0.3 : 0.6) + 0.2 * (grain[i] - 0.5)
                }
            })
        return (truth, truth.bridged(over: hole))
    }

    /// The mean squared difference between pixels side by side in the hole.
    static func roughness(_ image: Image, in hole: Mask = hole) -> Float {
        let values = image.pixels.scalars, inside = hole.inside
        var sum: Float = 0, count: Float = 0
        for pixel in inside.indices where inside[pixel] && inside[pixel + 1] {
            let difference = values[3 * pixel + 3] - values[3 * pixel]
            sum += difference * difference
            count += 1
        }
        return sum / count
    }

    static let transfer = TextureTransfer(softness: 2, seed: 7)

    @Test func grainComesBackAndTheRestStays() {
        let (truth, soft) = Self.boards()
        let made = Self.transfer.textured(soft, hole: Self.hole) { _, _ in }
        #expect(Self.roughness(soft) < 0.05 * Self.roughness(truth))
        // White grain is the worst case: patches that meet share nothing, and their mean over 3×3 pixels is smoother.
        #expect(Self.roughness(made) > 0.35 * Self.roughness(truth))
        #expect(Self.roughness(made) < 1.5 * Self.roughness(truth))
        let inside = Self.hole.inside, (before, after) = (soft.pixels.scalars, made.pixels.scalars)
        #expect(before.indices.allSatisfy { inside[$0 / 3] || before[$0] == after[$0] })
    }

    @Test func aWideHoleIsNotPlain() {
        // A plain strip of the same colour is at hand, and the mean of patches that overlap is like it.
        let side = 320
        let hole = Mask(
            width: side, height: side,
            inside: (0..<side * side).map { 70..<250 ~= $0 % side && 60..<240 ~= $0 / side })
        var random = RandomStream(seed: 5, stream: "weave")
        let noise = gaussianBlurred(random.normal([side, side, 3]), sigma: 1.2).scalars
        let truth = Image(
            NDArray(shape: [side, side, 3]) { out in
                for i in out.indices { out[i] = i / 3 / side > 265 ? 0.5 : 0.5 + 0.3 * noise[i] }
            })
        let made = Self.transfer.textured(truth.bridged(over: hole), hole: hole) { _, _ in }
        #expect(Self.roughness(made, in: hole) > 0.5 * Self.roughness(truth, in: hole))
    }

    @Test func anEdgeThatTheModelKnowsBecomesSharp() {
        // Dark below a slanted line, bright above it; the model drew it soft.
        let sharp = Image(
            NDArray(shape: [Self.side, Self.side, 3]) { out in
                for i in out.indices {
                    let (x, y) = (i / 3 % Self.side, i / 3 / Self.side)
                    out[i] = Float(y) > 30 + 0.3 * Float(x) ? 0.2 : 0.8
                }
            })
        let blurred = gaussianBlurred(sharp.pixels, sigma: 3).scalars, inside = Self.hole.inside
        var soft = sharp
        soft.pixels.withUnsafeMutableBuffer { values in
            for i in values.indices where inside[i / 3] { values[i] = blurred[i] }
        }
        func error(_ image: Image) -> Float {
            zip(image.pixels.scalars, sharp.pixels.scalars).reduce(0) { $0 + abs($1.0 - $1.1) }
        }
        let made = TextureTransfer(softness: 3, seed: 0).textured(soft, hole: Self.hole) { _, _ in }
        #expect(error(made) < 0.4 * error(soft))
    }

    @Test func whatIsRoughAlreadyStays() {
        let truth = Self.boards().truth
        let made = Self.transfer.textured(truth, hole: Self.hole) { _, _ in }
        #expect(made.pixels.scalars == truth.pixels.scalars)
    }

    @Test func theSameForAnyNumberOfThreads() {
        let soft = Self.boards().soft, before = Threads.limit
        defer { Threads.setLimit(before) }
        let results = [1, 2, 5].map { count in
            Threads.setLimit(count)
            return Self.transfer.textured(soft, hole: Self.hole) { _, _ in }.pixels.scalars
        }
        #expect(results[0] == results[1] && results[0] == results[2])
    }

    @Test func anyHoleInAnyPicture() {
        var random = RandomStream(seed: 9, stream: "holes")
        for round in 0..<60 {
            let hole =
                round % 2 == 0
                ? Holes.box(&random, most: 60)
                : Holes.blots(
                    &random, width: 1 + Holes.below(70, &random), height: 1 + Holes.below(70, &random))
            let picture = Pictures.noise(&random, width: hole.width, height: hole.height, channels: 3)
                .bridged(over: hole)
            let made = Self.transfer.textured(picture, hole: hole) { _, _ in }
            let inside = hole.inside, (before, after) = (picture.pixels.scalars, made.pixels.scalars)
            #expect(before.indices.allSatisfy { inside[$0 / 3] || before[$0] == after[$0] })
            #expect(after.allSatisfy { 0...1 ~= $0 })
        }
    }

    @Test func whatProgressThrowsEndsTheWork() {
        struct Stop: Error {}
        let soft = Self.boards().soft
        #expect(throws: Stop.self) {
            try Self.transfer.textured(soft, hole: Self.hole) { _, _ in throw Stop() }
        }
    }
}
