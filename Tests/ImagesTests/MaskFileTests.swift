// Masks as other programs write them.

import Arrays
import Files
import Images
import TestSupport
import Testing

@Suite struct MaskFileTests {
    private let side = 8

    /// A picture whose pixels `color` gives by column and row.
    private func picture(channels: Int, _ color: (Int, Int) -> [UInt8]) -> Image {
        var bytes: [UInt8] = []
        for y in 0..<side { for x in 0..<side { bytes += color(x, y) } }
        return Image(width: side, height: side, channels: channels, bytes: bytes)
    }

    private func read(_ image: Image, bits: Int = 8) throws -> MaskFile {
        try withTemporaryFolder { folder in
            try image.savePNG(folder + "/m.png", bits: bits)
            return try MaskFile(path: folder + "/m.png")
        }
    }

    private func isLeft(_ x: Int, _ y: Int) -> Bool { x < 3 }

    @Test func opacityIsTheMaskUnlessTheColoursAre() throws {
        // A photograph with its background cut away, and a white brush on a clear layer.
        let cut = picture(channels: 4) { x, y in [UInt8(20 * x), 90, UInt8(10 * y), isLeft(x, y) ? 255 : 0] }
        let brush = picture(channels: 4) { x, y in [255, 255, 255, isLeft(x, y) ? 255 : 0] }
        // White on black with a clear corner: the white part counts, and the corner is outside.
        let drawn = picture(channels: 4) { x, y in
            let value: UInt8 = isLeft(x, y) ? 255 : 0
            return [value, value, value, y == 0 ? 0 : 255]
        }
        #expect(try read(cut).mask.area == 24 && read(brush).mask.area == 24)
        #expect(try read(drawn).mask.area == 21)
    }

    @Test(arguments: [8, 16])
    func zeroAndOneAreUsedAndSaid(_ bits: Int) throws {
        let white: Float = bits == 16 ? 65_535 : 255
        var image = Image(width: side, height: side, color: [0])
        image.pixels.withUnsafeMutableBuffer { values in for i in 0..<20 { values[i] = 1 / white } }
        let file = try read(image, bits: bits)
        #expect(file.mask.area == 20)
        #expect(try #require(file.note).contains("0 and 1 of \(Int(white))"))
        // Three values are no such mask, and white is none either.
        image.pixels.withUnsafeMutableBuffer { $0[63] = 2 / white }
        let other = try read(image, bits: bits)
        #expect(other.mask.area == 0 && other.note == nil && other.largest == 2)
    }

    @Test func whiteSelectsWithoutARemark() throws {
        let file = try read(picture(channels: 1) { x, y in [isLeft(x, y) ? 255 : 0] })
        #expect(file.mask.area == 24 && file.note == nil && file.largest == 255)
    }
}
