// Cut-outs: which part of a photograph they are, and where they lie in it.

import Arrays
import Compositing
import Images
import Testing

@Suite struct CutoutPlaceTests {
    private let width = 70, height = 50
    /// Not symmetric in either axis, so that every shift shows.
    private let box = PixelRectangle(left: 31, top: 9, right: 48, bottom: 21)

    /// Red is the column, green the row.
    private var photograph: Image {
        Image(
            NDArray(shape: [height, width, 3]) { out in
                for pixel in 0..<width * height {
                    out[3 * pixel] = Float(pixel % width) / 100
                    out[3 * pixel + 1] = Float(pixel / width) / 100
                    out[3 * pixel + 2] = 0.5
                }
            })
    }

    private func filled(_ box: PixelRectangle) -> Mask {
        Mask(
            width: width, height: height,
            inside: (0..<width * height).map {
                box.columns.contains($0 % width) && box.rows.contains($0 / width)
            })
    }

    private var mask: Mask { filled(box) }

    private func cutout() throws -> Cutout {
        try Cutout(colour: photograph.pixels, mask: mask.values, clean: false)
    }

    @Test func theBoxIsTheMasks() throws {
        let cutout = try cutout()
        #expect(cutout.box.x == 31..<48 && cutout.box.y == 9..<21)
        // A margin of four pixels and a thirty-second of the longer side.
        #expect(cutout.origin == (27, 5))
        #expect(cutout.opacity.shape == [20, 25] && cutout.colour.shape == [20, 25, 3])
    }

    @Test func theMarginEndsAtThePicturesEdge() throws {
        let corner = filled(PixelRectangle(left: 0, top: 40, right: 5, bottom: 50))
        let cutout = try Cutout(colour: photograph.pixels, mask: corner.values, clean: false)
        #expect(cutout.origin == (0, 36) && cutout.opacity.shape == [14, 9])
    }

    @Test func everyPixelStaysInItsPlace() throws {
        let placed = try cutout().inPlace(width: width, height: height)
        #expect(placed.pixels.shape == [height, width, 4])
        let (found, expected, inside) = (placed.pixels.scalars, photograph.pixels.scalars, mask.inside)
        for pixel in inside.indices {
            #expect(found[4 * pixel + 3] == (inside[pixel] ? 1 : 0))
            guard inside[pixel] else { continue }
            #expect(found[4 * pixel..<4 * pixel + 3].elementsEqual(expected[3 * pixel..<3 * pixel + 3]))
        }
    }

    /// The framed square's centre is the box's, and the box takes 46 of 64 parts of it.
    @Test func theFramedObjectIsCentred() throws {
        let cutout = try cutout()
        // One pixel of the photograph for each of the square: 17 / 46 * 64 is not whole, so twice 46 are asked for.
        let size = 64
        let framed = cutout.framed(size: size).scalars
        let step = cutout.framing.side / Float(size)
        #expect(abs(step - 17.0 / 46) < 1e-5)
        for (x, y) in [(20, 22), (32, 32), (44, 40)] {
            let pixel = 4 * (y * size + x)
            // Colours are ramps, so a sample between pixels has the value of its place.
            let column = 39.5 + (Float(x) + 0.5 - 32) * step - 0.5
            let row = 15 + (Float(y) + 0.5 - 32) * step - 0.5
            #expect(abs(framed[pixel] - column / 100) < 1e-4 && abs(framed[pixel + 1] - row / 100) < 1e-4)
            #expect(abs(framed[pixel + 3] - 1) < 1e-5)
        }
    }

    @Test func anEmptySelectionIsRefused() {
        #expect(throws: EmptyMaskError.self) {
            _ = try Cutout(colour: photograph.pixels, mask: .full(0.5, [height, width]))
        }
    }
}
