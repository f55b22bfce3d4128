// Masks: morphology against definitions, pieces, softness, drawing.

import Arrays
import Images
import TestSupport
import Testing

/// A mask from rows of text; `#` is inside.
private func mask(_ rows: String...) -> Mask {
    Mask(width: rows[0].count, height: rows.count, inside: rows.joined().map { $0 == "#" })
}

private func noise(_ width: Int, _ height: Int, seed: UInt64, share: Double) -> Mask {
    var random = SplitMix(state: seed)
    return Mask(
        width: width, height: height,
        inside: (0..<width * height).map { _ in Double.random(in: 0..<1, using: &random) < share })
}

/// The piece of every pixel by flooding, in the order of first pixels.
private func flooded(_ mask: Mask, _ connectivity: Connectivity) -> [Int32] {
    let inside = mask.inside
    var labels = [Int32](repeating: 0, count: inside.count), label: Int32 = 0
    for start in inside.indices where inside[start] && labels[start] == 0 {
        label += 1
        var open = [start]
        while let pixel = open.popLast() {
            guard labels[pixel] == 0 else { continue }
            labels[pixel] = label
            let (x, y) = (pixel % mask.width, pixel / mask.width)
            for (dx, dy) in [(-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (1, -1), (-1, 1), (1, 1)] {
                if connectivity == .four, dx != 0, dy != 0 { continue }
                guard 0..<mask.width ~= x + dx, 0..<mask.height ~= y + dy else { continue }
                let next = pixel + dy * mask.width + dx
                if inside[next] { open.append(next) }
            }
        }
    }
    return labels
}

@Suite struct MaskTests {
    /// The definition: inside if any pixel of the mask lies within the radius.
    @Test(arguments: [1, 1.5, 2, 3.7, 50]) func growingFollowsItsDefinition(_ radius: Float) {
        for (width, height) in [(23, 17), (1, 9), (9, 1)] {
            let source = noise(width, height, seed: 5, share: 0.04)
            let members = source.inside
            func near(_ x: Int, _ y: Int, _ value: Bool) -> Bool {
                for py in 0..<height {
                    for px in 0..<width where members[py * width + px] == value {
                        let (dx, dy) = (Float(px - x), Float(py - y))
                        if dx * dx + dy * dy <= radius * radius { return true }
                    }
                }
                return false
            }
            let grown = (0..<width * height).map { near($0 % width, $0 / width, true) }
            #expect(source.grown(by: radius).inside == grown)
            let dense = source.inverted
            let shrunk = (0..<width * height).map { !near($0 % width, $0 / width, true) }
            #expect(dense.grown(by: -radius).inside == shrunk)
        }
    }

    @Test func emptyAndFullMasksStayAsTheyAre() {
        let empty = Mask(width: 6, height: 4, value: 0)
        let full = Mask(width: 6, height: 4, value: 1)
        #expect(empty.grown(by: 3).area == 0 && empty.grown(by: -3).area == 0)
        #expect(full.grown(by: 3).area == 24 && full.grown(by: -3).area == 24)
        #expect(
            empty.boundingBox == nil
                && full.boundingBox == PixelRectangle(left: 0, top: 0, right: 6, bottom: 4))
        #expect(
            empty.largestIsland.area == 0 && empty.fillingHoles().area == 0 && full.fillingHoles().area == 24)
        #expect(empty.intersectionOverUnion(empty) == 1 && empty.intersectionOverUnion(full) == 0)
    }

    @Test(arguments: [(1, 40), (40, 1), (37, 29), (64, 64)], [0.15, 0.45, 0.6, 0.9])
    func piecesAreThoseOfFlooding(size: (Int, Int), share: Double) {
        let (width, height) = size, source = noise(width, height, seed: 5, share: share)
        for connectivity in [Connectivity.four, .eight] {
            let pieces = source.components(connectivity), flooded = flooded(source, connectivity)
            #expect(pieces.labels == flooded)
            for label in pieces.areas.indices {
                let members = flooded.indices.filter { flooded[$0] == Int32(label + 1) }
                let isOuter = members.contains {
                    $0 % width == 0 || $0 % width == width - 1 || $0 < width || $0 >= (height - 1) * width
                }
                #expect(pieces.areas[label] == members.count && pieces.touchesBorder[label] == isOuter)
            }
        }
    }

    @Test func holesAndIslands() {
        let source = mask(
            "########....",
            "#..#.##.....",
            "#..####...#.",
            "####..#....#",
            "......####..")
        #expect(source.fillingHoles().area == source.area + 5)
        #expect(source.fillingHoles(upTo: 1).area == source.area + 1)
        let pieces = source.components()
        #expect(pieces.areas.sorted() == [2, source.area - 2])
        #expect(source.components(.four).areas.count == 3)
        #expect(source.largestIsland.area == source.area - 2)
        #expect(source.removingIslands(smallerThan: 3).area == source.area - 2)
        #expect(source.removingIslands(smallerThan: 2).area == source.area)
        #expect(source.boundingBox == PixelRectangle(left: 0, top: 0, right: 12, bottom: 5))
    }

    @Test func removingIslandsTakesTheirSoftEdgesAlong() {
        let values: [Float] = [0, 0.3, 0.9, 0.3, 0, 0, 0, 0, 0.2, 0.8, 0.8, 0.4]
        let result = Mask(NDArray(values, shape: [1, 12])).removingIslands(smallerThan: 2)
        #expect(result.values.scalars == [0, 0, 0, 0, 0, 0, 0, 0, 0.2, 0.8, 0.8, 0.4])
    }

    @Test func combining() {
        let (a, b) = (mask("##.."), mask(".##."))
        #expect(a.union(b).inside == mask("###.").inside)
        #expect(a.intersection(b).inside == mask(".#..").inside)
        #expect(a.subtracting(b).inside == mask("#...").inside)
        #expect(abs(a.intersectionOverUnion(b) - 1.0 / 3) < 1e-6)
        #expect(a.inverted.inside == mask("..##").inside)
    }

    @Test func featheringKeepsTheMeanAndSoftensTheEdge() {
        let source = Mask(width: 40, height: 40, inside: (0..<1600).map { $0 % 40 >= 20 })
        let soft = source.feathered(by: 4)
        let row = Array(soft.values.scalars[800..<840])
        #expect(zip(row, row.dropFirst()).allSatisfy { $0 <= $1 + 1e-6 })
        #expect(abs(row[19] + row[20] - 1) < 1e-5 && row[19] > 0.3 && row[10] < 1e-3 && row[39] > 0.999)
        #expect(soft.binarised.inside == source.inside)
        #expect(source.feathered(by: 0).values.scalars == source.values.scalars)
    }

    @Test func masksComeFromOpacityOrLuma() throws {
        let rgba = try Image.load(fixtures + "/rgba.png")
        #expect(Mask(rgba).values.scalars == rgba.alpha.scalars)
        let opaque = rgba.withAlpha(.full(1, [rgba.height, rgba.width]))
        #expect(Mask(opaque).values.scalars == rgba.grey.pixels.scalars)
        try withTemporaryFolder { folder in
            let source = noise(9, 5, seed: 1, share: 0.5)
            try source.savePNG(folder + "/mask.png")
            #expect(try Mask.load(folder + "/mask.png").inside == source.inside)
        }
        #expect(
            noise(9, 5, seed: 1, share: 0.5).resized(width: 18, height: 10, filter: .nearest).area % 4 == 0)
    }

    @Test func theOverlayTintsInsideAndMarksClicks() {
        let picture = Image(width: 100, height: 80, color: [0.5, 0.5, 0.5])
        let members = (0..<8000).map { (30..<60).contains($0 % 100) && (20..<50).contains($0 / 100) }
        let overlay = picture.overlay(
            Mask(width: 100, height: 80, inside: members),
            clicks: [
                ClickMark(x: 45, y: 35, isObject: true), ClickMark(x: 80, y: 60, isObject: false),
                ClickMark(x: 1e9, y: -1e9, isObject: true),
            ], boxes: [PixelRectangle(left: 25, top: 15, right: 65, bottom: 55)])
        func pixel(_ x: Int, _ y: Int) -> [Float] {
            (0..<3).map { overlay.pixels.scalars[(y * 100 + x) * 3 + $0] }
        }
        #expect(pixel(5, 5) == [0.5, 0.5, 0.5])
        #expect(pixel(52, 27)[2] > pixel(52, 27)[0] + 0.2)
        #expect(pixel(45, 35)[1] > 0.7 && pixel(45, 35)[0] < 0.2)
        #expect(pixel(80, 60)[0] > 0.8 && pixel(80, 60)[1] < 0.2)
        #expect(pixel(30, 35) != pixel(34, 35))
        #expect(pixel(25, 30)[0] > 0.8 && pixel(25, 30)[2] < 0.4)
    }
}
