// Red, green and blue keep their places in every kind of file that is written.

import Arrays
import Images
import TestSupport
import Testing

@Suite struct ColourOrderTests {
    /// One colour per pixel in which no two channels are alike.
    private static let colours: [[Int]] = [[250, 120, 10], [20, 240, 130], [110, 30, 230], [200, 90, 40]]

    private var picture: Image {
        Image(width: 4, height: 1, channels: 3, bytes: Self.colours.joined().map { UInt8($0) })
    }

    /// Ordered dithering is left out: where the palette is so sparse, it may take a neighbour.
    @Test(arguments: [Dithering.none, .floydSteinberg])
    func aGIFOfFourColoursHoldsThem(dithering: Dithering) throws {
        let gif = try withTemporaryFolder { folder in
            try Animation(frames: [picture, picture.mirrored]).saveGIF(
                folder + "/a.gif", dithering: dithering)
            return try #require(ParsedGIF(fileBytes(folder + "/a.gif")))
        }
        for x in 0..<4 {
            #expect(gif.colour(frame: 0, x, 0) == Self.colours[x])
            #expect(gif.colour(frame: 1, x, 0) == Self.colours[3 - x])
        }
    }

    /// Pictures of one colour: the palette's entry is that colour, red first.
    @Test func aFlatGIFHasThePicturesColour() throws {
        for colour in Self.colours {
            let frame = Image(width: 6, height: 5, color: colour.map { Float($0) / 255 })
            let gif = try withTemporaryFolder { folder in
                try Animation(frames: [frame]).saveGIF(folder + "/a.gif")
                return try #require(ParsedGIF(fileBytes(folder + "/a.gif")))
            }
            #expect(gif.colour(frame: 0, 3, 2) == colour)
        }
    }

    /// The reader is checked against files of other programs, so what it finds is what was written.
    @Test(arguments: [8, 16]) func aPNGHoldsItsColours(bits: Int) throws {
        try withTemporaryFolder { folder in
            try picture.savePNG(folder + "/a.png", bits: bits)
            #expect(try Image.load(folder + "/a.png").bytes == Self.colours.joined().map { UInt8($0) })
            let clear = picture.withAlpha(NDArray([1, 0.2, 0.6, 0], shape: [1, 4]))
            try clear.savePNG(folder + "/b.png", bits: bits)
            #expect(try Image.load(folder + "/b.png").bytes == clear.bytes)
        }
    }
}
