// Objects are pure functions of seed, split and class; the splits do not meet; captions speak a small language.

import Testing
import Toybox

@Suite struct ObjectTests {
    /// The draws themselves, from an independent implementation of the formula: objects must never change.
    @Test func randomDrawsAreFixed() {
        var zero = ToyRandom(key: 0)
        #expect(
            [zero.next(), zero.next(), zero.next()] == [
                0x4821_8226_ff3c_d4bf, 0xcd73_fe3d_e975_ac26, 0x7b47_6c5a_5333_d0ec,
            ])
        var seven = ToyRandom(key: ToyRandom.key(seed: 7, split: .train))
        #expect([seven.next(), seven.next()] == [0x9d1d_0b4e_b8fb_ea64, 0x328a_969e_f808_b8da])
        #expect(ToyRandom.key(seed: 7, split: .heldOut) == 0xb1e5_f0f2_2c99_06eb)
    }

    @Test func sameSeedGivesSameObjectAndPicture() throws {
        for seed in UInt64(0)..<6 {
            let a = try ToyObject.make(seed: seed, split: .train),
                b = try ToyObject.make(seed: seed, split: .train)
            #expect(a.caption == b.caption && a.className == b.className && a.light == b.light)
            let camera = ToyCamera(azimuth: 40, elevation: 10)
            #expect(
                ToyRenderer.render(a, camera: camera, width: 33, height: 31).colour
                    == ToyRenderer.render(b, camera: camera, width: 33, height: 31).colour)
        }
    }

    @Test func splitsDrawFromDisjointKeys() {
        for seed in UInt64(0)..<2000 {
            #expect(ToyRandom.key(seed: seed, split: .train) >> 63 == 0)
            #expect(ToyRandom.key(seed: seed &* 0x9E37_79B9, split: .heldOut) >> 63 == 1)
        }
    }

    @Test func sameSeedDiffersBetweenSplits() throws {
        let train = try ToyObject.make(seed: 5, split: .train, className: "mug")
        let heldOut = try ToyObject.make(seed: 5, split: .heldOut, className: "mug")
        #expect(train.light != heldOut.light)
    }

    @Test func trainingNeverSeesHeldOutClasses() throws {
        var seen = Set<String>()
        for seed in UInt64(0)..<600 { seen.insert(try ToyObject.make(seed: seed, split: .train).className) }
        #expect(seen.isDisjoint(with: ["teapot", "duck", "hamburger", "sofa"]))
        #expect(seen.count > 60)
        #expect(throws: ToyError.self) { try ToyObject.make(seed: 0, split: .train, className: "teapot") }
        #expect(try ToyObject.make(seed: 0, split: .heldOut, className: "teapot").className == "teapot")
    }

    @Test func unknownClassIsRefusedInOneLine() {
        let error = #expect(throws: ToyError.self) {
            try ToyObject.make(seed: 0, split: .train, className: "spoon")
        }
        #expect(error?.message.contains("'spoon'") == true && error?.message.contains("\n") == false)
    }

    @Test func shareOfRandomCompositions() throws {
        var toys = 0
        for seed in UInt64(0)..<1000 where try ToyObject.make(seed: seed, split: .train).className == "toy" {
            toys += 1
        }
        // 18 %, three standard deviations of a thousand draws each way.
        #expect((143...217).contains(toys))
    }

    @Test func captionsAreGrammaticalAndFew() throws {
        var words = Set<Substring>()
        for name in ToyObject.classNames {
            for seed in UInt64(0)..<12 {
                let caption = try ToyObject.make(seed: seed, split: .heldOut, className: name).caption
                let parts = caption.split(separator: " ")
                words.formUnion(parts)
                #expect(parts.first == "a" || parts.first == "an", "\(caption)")
                for (article, next) in zip(parts, parts.dropFirst()) where article == "a" || article == "an" {
                    #expect((article == "an") == "aeiou".contains(next.prefix(1)), "\(caption)")
                }
            }
        }
        #expect((100...260).contains(words.count))
    }

    @Test func classNamesAreDistinctAndFitAByte() {
        #expect(Set(ToyObject.classNames).count == ToyObject.classNames.count)
        #expect((45...255).contains(ToyObject.classNames.count))
        #expect(ToyObject.heldOutClassNames.sorted() == ["duck", "hamburger", "sofa", "teapot"])
    }
}
