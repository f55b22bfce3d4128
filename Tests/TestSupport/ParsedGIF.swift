// A GIF taken apart far enough to check what was written: a decoder of its own, of the format's definition (GIF89a).

/// The frames of a GIF as indices of its global palette.
package struct ParsedGIF {
    package private(set) var width = 0
    package private(set) var height = 0
    package private(set) var loops: Int?
    package private(set) var frames: [(delay: Int, transparent: Int?, pixels: [Int])] = []
    /// Red, green and blue of each entry, 0 … 255.
    package private(set) var palette: [[Int]] = []

    package init?(_ bytes: [UInt8]) {
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

    /// The colour of a pixel of a frame, 0 … 255 per channel.
    package func colour(frame: Int, _ x: Int, _ y: Int) -> [Int] {
        palette[frames[frame].pixels[y * width + x]]
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
