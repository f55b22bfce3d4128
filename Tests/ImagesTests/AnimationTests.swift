// Animations and contact sheets.

import Arrays
import Images
import TestSupport
import Testing

/// A GIF taken apart far enough to check what was written: a decoder of its own, of the format's definition (GIF89a).
private struct ParsedGIF {
    var width = 0
    var height = 0
    var loops: Int?
    var frames: [(delay: Int, transparent: Int?, pixels: [Int])] = []
    var palette: [[Int]] = []

    init?(_ bytes: [UInt8]) {
        guard bytes.count > 13, bytes.prefix(6).elementsEqual("GIF89a".utf8) else { return nil }
        width = Int(bytes[6]) | Int(bytes[7]) << 8
        height = Int(bytes[8]) | Int(bytes[9]) << 8
        let colors = 2 << Int(bytes[10] & 7)
        guard bytes[10] & 0x80 != 0 else { return nil }
        palette = (0..<colors).map { index in (0..<3).map { Int(bytes[13 + index * 3 + $0]) } }
        var offset = 13 + colors * 3
        var (delay, transparent): (Int, Int?) = (0, nil)
        while offset < bytes.count, bytes[offset] != 0x3B {
            if bytes[offset] == 0x21 {
                let kind = bytes[offset + 1]
                let blocks = ParsedGIF.blocks(bytes, offset + 2)
                if kind == 0xF9 {
                    delay = Int(blocks.data[1]) | Int(blocks.data[2]) << 8
                    transparent = blocks.data[0] & 1 == 1 ? Int(blocks.data[3]) : nil
                } else if kind == 0xFF, blocks.data.starts(with: "NETSCAPE2.0".utf8) {
                    loops = Int(blocks.data[12]) | Int(blocks.data[13]) << 8
                }
                offset = blocks.end
            } else {
                guard bytes[offset] == 0x2C, bytes[offset + 9] & 0x80 == 0 else { return nil }
                let blocks = ParsedGIF.blocks(bytes, offset + 11)
                frames.append((delay, transparent, ParsedGIF.unpack(blocks.data, Int(bytes[offset + 10]))))
                offset = blocks.end
            }
        }
        guard offset == bytes.count - 1 else { return nil }
    }

    private static func blocks(_ bytes: [UInt8], _ start: Int) -> (data: [UInt8], end: Int) {
        var (data, offset): ([UInt8], Int) = ([], start)
        while bytes[offset] != 0 {
            data += bytes[offset + 1...offset + Int(bytes[offset])]
            offset += 1 + Int(bytes[offset])
        }
        return (data, offset + 1)
    }

    /// LZW with codes of variable width.
    private static func unpack(_ data: [UInt8], _ minimum: Int) -> [Int] {
        let clear = 1 << minimum
        var table: [[Int]] = []
        var (width, buffer, bits): (Int, Int, Int) = (minimum + 1, 0, 0)
        var previous: [Int] = []
        var result: [Int] = []
        for byte in data {
            buffer |= Int(byte) << bits
            bits += 8
            while bits >= width {
                let code = buffer & ((1 << width) - 1)
                buffer >>= width
                bits -= width
                if code == clear {
                    table = (0..<clear).map { [$0] } + [[], []]
                    width = minimum + 1
                    previous = []
                } else if code == clear + 1 {
                    return result
                } else {
                    let entry = code < table.count ? table[code] : previous + [previous[0]]
                    result += entry
                    if !previous.isEmpty, table.count < 4096 { table.append(previous + [entry[0]]) }
                    if table.count == 1 << width, width < 12 { width += 1 }
                    previous = entry
                }
            }
        }
        return result
    }
}

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
