// What is computed in bands of rows for large pictures equals what is computed at once.

import Arrays
import Images
import Testing

@Suite struct RowByRowTests {
    private let width = 211, height = 163
    private let picture: Image
    private let mask: Mask

    init() {
        var random = RandomStream(seed: 5, stream: "rows")
        let (w, h) = (width, height)
        picture = Image(random.uniform([h, w, 3]))
        let noise = random.uniform([h, w]).scalars
        // Two discs with ragged edges, specks and holes.
        mask = Mask(
            NDArray(
                (0..<w * h).map { index -> Float in
                    let (x, y) = (Float(index % w), Float(index / w))
                    let first = 60 - ((x - 80) * (x - 80) + (y - 70) * (y - 70)).squareRoot()
                    let second = 25 - ((x - 180) * (x - 180) + (y - 120) * (y - 120)).squareRoot()
                    return max(0, min(1, 0.5 + max(first, second) / 6 + 2 * (noise[index] - 0.5)))
                }, shape: [h, w]))
    }

    private func bits(_ array: NDArray) -> [UInt32] { array.scalars.map(\.bitPattern) }

    /// Windows of all sizes: at full size, reduced, wider than the part.
    @Test(arguments: [1, 3.5, 16, 31, 70, 400] as [Float])
    func guidedMasks(radius: Float) {
        for rectangle in [
            picture.bounds, PixelRectangle(left: 17, top: 9, right: 196, bottom: 150),
            PixelRectangle(left: 0, top: 40, right: 33, bottom: 163),
        ] {
            let whole = mask.part(rectangle).guided(by: picture.cropped(to: rectangle), radius: radius)
            let rows = mask.guided(by: picture, in: rectangle, radius: radius)
            #expect(bits(rows.values) == bits(whole.values), "radius \(radius), \(rectangle)")
        }
    }

    @Test func reducedParts() {
        let part = PixelRectangle(left: 12, top: 5, right: 190, bottom: 161)
        for (w, h) in [(40, 31), (178, 20), (178, 156), (1, 1)] {
            let whole = picture.cropped(to: part).resized(width: w, height: h, filter: .box)
            #expect(bits(picture.reduced(part, width: w, height: h).pixels) == bits(whole.pixels))
        }
    }

    @Test func overlays() {
        let clicks = [ClickMark(x: 80, y: 70, isObject: true), ClickMark(x: 3, y: 160, isObject: false)]
        let boxes = [PixelRectangle(left: 20, top: 10, right: 140, bottom: 132)]
        let whole = picture.overlay(mask, clicks: clicks, boxes: boxes)
        for band in [1, 7, 64, 200] {
            var bytes: [UInt8] = []
            for first in stride(from: 0, to: height, by: band) {
                let rows = first..<min(height, first + band)
                bytes += picture.overlay(mask, clicks: clicks, boxes: boxes, rows: rows).bytes
            }
            #expect(bytes == whole.bytes, "bands of \(band)")
        }
    }

    @Test func filesOfRows() throws {
        let whole = try picture.png()
        let rows = try Image.png(width: width, height: height, channels: 3) { picture.rows($0) }
        #expect(rows == whole)
    }

    @Test func theBoxOfTheLargestIsland() {
        #expect(mask.largestIslandBox == mask.largestIsland.boundingBox)
        #expect(mask.largestIslandBox != mask.boundingBox)
        #expect(Mask(width: 4, height: 3, value: 0).largestIslandBox == nil)
    }

    /// Islands and holes by runs, compared with the labels of every pixel.
    @Test func islandsAndHoles() {
        let pieces = mask.components()
        for least in [1, 4, 200, 100_000] {
            let kept = mask.removingIslands(smallerThan: least)
            let expected = zip(mask.values.scalars, pieces.labels).map { value, label -> Float in
                label > 0 && pieces.areas[Int(label) - 1] < least ? 0 : value
            }
            // Pixels outside may be cleared, too: those near no kept component.
            let differing = zip(zip(kept.values.scalars, expected), pieces.labels).count { values, label in
                label > 0 && values.0 != values.1
            }
            #expect(differing == 0)
            #expect(kept.area == pieces.areas.filter { $0 >= least }.reduce(0, +))
        }
        #expect(mask.fillingHoles(upTo: 0).area == mask.area && mask.fillingHoles().area > mask.area)
    }
}
