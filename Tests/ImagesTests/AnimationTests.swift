// Animations and contact sheets.

import Arrays
import Images
import TestSupport
import Testing

@Suite struct AnimationTests {
    private func frames(_ count: Int, alpha: Bool) -> [Image] {
        (0..<count).map { index in
            Image(
                NDArray(shape: [30, 40, 4]) { out in
                    for y in 0..<30 {
                        for x in 0..<40 {
                            let pixel = (y * 40 + x) * 4
                            out[pixel] = Float(x) / 39
                            out[pixel + 1] = Float(y) / 29
                            out[pixel + 2] = Float(index) / Float(count)
                            out[pixel + 3] = !alpha || (x - 20) * (x - 20) + (y - 15) * (y - 15) < 120 ? 1 : 0
                        }
                    }
                })
        }
    }

    @Test(arguments: [Dithering.none, .ordered, .floydSteinberg])
    func aGIFHoldsItsFrames(_ dithering: Dithering) throws {
        let animation = Animation(frames: frames(5, alpha: false), secondsPerFrame: 0.1)
        let gif = try withTemporaryFolder { folder in
            try animation.saveGIF(folder + "/a.gif", dithering: dithering)
            return try #require(ParsedGIF(fileBytes(folder + "/a.gif")))
        }
        #expect(gif.width == 40 && gif.height == 30 && gif.loops == 0 && gif.frames.count == 5)
        for (frame, picture) in zip(gif.frames, animation.frames) {
            #expect(frame.delay == 10 && frame.transparent == nil && frame.pixels.count == 1200)
            var squares = 0.0
            let bytes = picture.bytes
            for (pixel, index) in frame.pixels.enumerated() {
                for channel in 0..<3 {
                    let difference = gif.palette[index][channel] - Int(bytes[pixel * 4 + channel])
                    squares += Double(difference * difference)
                }
            }
            // 256 colours for a cube of colours leave steps of some 40 of 255, less the blue that has five values.
            #expect((squares / 3600).squareRoot() < 16)
        }
    }

    @Test func clearPixelsStayClear() throws {
        let animation = Animation(frames: frames(2, alpha: true))
        let gif = try withTemporaryFolder { folder in
            try animation.saveGIF(folder + "/a.gif", background: nil)
            return try #require(ParsedGIF(fileBytes(folder + "/a.gif")))
        }
        let clear = try #require(gif.frames[1].transparent)
        let alpha = animation.frames[1].alpha.scalars
        #expect(zip(gif.frames[1].pixels, alpha).allSatisfy { ($0 == clear) == ($1 == 0) })
    }

    @Test func twoColorsNeedTwoEntries() throws {
        let frame = Image(NDArray([0, 0, 0, 1, 1, 1], shape: [1, 2, 3]))
        let gif = try withTemporaryFolder { folder in
            try Animation(frames: [frame]).saveGIF(folder + "/a.gif")
            return try #require(ParsedGIF(fileBytes(folder + "/a.gif")))
        }
        #expect(gif.palette.count == 2)
        #expect(gif.frames[0].pixels.map { gif.palette[$0][0] } == [0, 255])
    }

    @Test func theContactSheetHoldsEveryPicture() {
        let pictures = (0..<5).map { Image(width: 4 + $0 % 2 * 2, height: 3, color: [Float($0) / 5, 0, 0]) }
        let sheet = Image.contactSheet(pictures, columns: 2, gap: 1)
        #expect(sheet.width == 15 && sheet.height == 13)
        let values = sheet.pixels.scalars
        for (index, picture) in pictures.enumerated() {
            let found = stride(from: 0, to: values.count, by: 3).filter {
                values[$0] == Float(index) / 5 && values[$0 + 1] == 0
            }
            #expect(found.count == picture.width * picture.height)
        }
        #expect(Image.contactSheet(pictures).width == 3 * 7 + 4 * 3 + 1)
    }
}
