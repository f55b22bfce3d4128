// GrabCut: cuts are the cheapest, colours are told apart, outlines move to them.

import Arrays
import Images
import Testing

@Suite struct GrabCutTests {
    /// Every labelling of a small grid, tried.
    @Test func theCutIsTheCheapestOfAll() {
        var random = RandomStream(seed: 7, stream: 0)
        for _ in 0..<40 {
            let (width, height) = (4, 3)
            let preferences = (0..<width * height).map { _ in Int32(random.int(below: 61)) - 30 }
            var links: [(i: Int, k: Int, other: Int, cost: Int32)] = []
            for y in 0..<height {
                for x in 0..<width {
                    for k in 4..<8 {
                        let (nx, ny) = (x + GridCut.neighbours[k].dx, y + GridCut.neighbours[k].dy)
                        guard (0..<width).contains(nx), ny < height else { continue }
                        links.append((y * width + x, k, ny * width + nx, Int32(random.int(below: 16))))
                    }
                }
            }
            func cost(_ isSource: (Int) -> Bool) -> Int32 {
                // A preference is what the sink's side costs more than the source's.
                var sum: Int32 = 0
                for i in 0..<width * height where isSource(i) == (preferences[i] < 0) {
                    sum += abs(preferences[i])
                }
                for link in links where isSource(link.i) != isSource(link.other) { sum += link.cost }
                return sum
            }
            var grid = GridCut(width: width, height: height)
            for i in preferences.indices { grid.add(preferences[i], at: i) }
            for link in links { grid.link(link.i, link.k, cost: link.cost) }
            let found = grid.solve()
            let least = (0..<1 << (width * height)).map { code in cost { code >> $0 & 1 == 1 } }.min()
            #expect(cost { found[$0] } == least)
        }
    }

    @Test func aMixtureKnowsItsColours() {
        var random = RandomStream(seed: 3, stream: 0)
        let centres: [ColourMixture.Colour] = [[0.9, 0.1, 0.1], [0.1, 0.8, 0.2], [0.2, 0.2, 0.2]]
        let colours = (0..<600).map { i in
            let noise = 0.05 * ColourMixture.Colour(random.uniform(), random.uniform(), random.uniform())
            return centres[i % 3] + noise
        }
        let mixture = ColourMixture(colours, count: 3)
        for centre in centres {
            #expect(mixture.cost(centre + 0.025) < mixture.cost([0.5, 0.5, 0.5]) - 20)
        }
        // Of one colour there is one part, however many are asked for.
        let plain = ColourMixture([ColourMixture.Colour](repeating: [0.3, 0.4, 0.5], count: 20))
        #expect(plain.cost([0.3, 0.4, 0.5]).isFinite && plain.cost([1, 0, 0]) > 1000)
    }

    /// A disc in stripes of two colours with an eye near its rim, over a checked ground: the rough mask fills the eye
    /// and lies three pixels too far to the right.
    @Test func aRoughMaskMovesToItsObjectAndOpensItsHole() {
        let size = 96
        func isInDisc(_ i: Int, _ x: Float, _ radius: Float) -> Bool {
            let (dx, dy) = (Float(i % size) - x, Float(i / size) - 47.5)
            return dx * dx + dy * dy < radius * radius
        }
        func isObject(_ i: Int) -> Bool { isInDisc(i, 47.5, 36) && !isInDisc(i, 22, 6) }
        let truth = Mask(width: size, height: size, inside: (0..<size * size).map(isObject))
        let rough = Mask(
            width: size, height: size,
            inside: (0..<size * size).map { isInDisc($0, 50.5, 36) })
        var random = RandomStream(seed: 11, stream: 0)
        let picture = Image(
            NDArray(shape: [size, size, 3]) { out in
                for i in 0..<size * size {
                    let (x, y) = (i % size, i / size)
                    let colour: SIMD3<Float> =
                        isObject(i)
                        ? (y / 6 % 2 == 0 ? [0.1, 0.5, 0.2] : [0.45, 0.45, 0.5])
                        : ((x / 8 + y / 8) % 2 == 0 ? [0.7, 0.6, 0.3] : [0.4, 0.25, 0.1])
                    let light = 0.1 * random.uniform()
                    for k in 0..<3 { out[3 * i + k] = colour[k] + light }
                }
            })
        let before = rough.intersectionOverUnion(truth)
        let after = rough.grabCut(in: picture, reach: 18).intersectionOverUnion(truth)
        #expect(before < 0.92 && after > 0.99, "\(before), then \(after)")
        // Out of reach nothing changes.
        let middle = size / 2 * size + 22
        #expect(!truth.inside[middle] && rough.grabCut(in: picture, reach: 3).inside[middle])
    }

    @Test func aPlainPictureAndAMaskOfEverythingStayAsTheyAre() {
        let plain = Image(width: 32, height: 32, color: [0.5, 0.5, 0.5])
        let half = Mask(width: 32, height: 32, inside: (0..<1024).map { $0 % 32 < 16 })
        #expect(half.grabCut(in: plain, reach: 4, trust: 1).inside == half.inside)
        let everything = Mask(width: 32, height: 32, value: 1)
        #expect(everything.grabCut(in: plain, reach: 4).inside == everything.inside)
    }
}
