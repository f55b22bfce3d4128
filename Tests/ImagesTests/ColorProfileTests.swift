// Pictures with a profile in results that carry none.

import Files
import Foundation
import Images
import TestSupport
import Testing

@Suite struct ColorProfileTests {
    private static func bytes(_ value: UInt32) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }
    private static func fixed(_ value: Double) -> [UInt8] {
        bytes(UInt32(bitPattern: Int32((value * 65_536).rounded())))
    }

    /// A profile of three primaries (XYZ for D50) and the sRGB curve.
    private static func profile(_ columns: [[Double]]) -> [UInt8] {
        let curve =
            Array("para".utf8) + bytes(0) + [0, 3, 0, 0]
            + [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045].flatMap(fixed)
        let tags = ["rXYZ", "gXYZ", "bXYZ", "rTRC", "gTRC", "bTRC"]
        var table = bytes(6), data: [UInt8] = []
        let start = 132 + 12 * 6
        for (index, tag) in tags.enumerated() {
            let entry = index < 3 ? Array("XYZ ".utf8) + bytes(0) + columns[index].flatMap(fixed) : curve
            table += Array(tag.utf8) + bytes(UInt32(start + data.count)) + bytes(UInt32(entry.count))
            data += entry
        }
        var header = [UInt8](repeating: 0, count: 128)
        header.replaceSubrange(0..<4, with: bytes(UInt32(start + data.count)))
        header.replaceSubrange(8..<12, with: bytes(0x0420_0000))
        header.replaceSubrange(12..<24, with: Array("mntrRGB XYZ ".utf8))
        header.replaceSubrange(36..<40, with: Array("acsp".utf8))
        header.replaceSubrange(68..<80, with: [0.9642, 1, 0.8249].flatMap(fixed))
        return header + table + data
    }

    private static let displayP3 = profile([
        [0.515102, 0.241182, -0.001050], [0.291965, 0.692236, 0.041885], [0.157153, 0.066582, 0.784073],
    ])
    private static let sRGB = profile([
        [0.436066, 0.222488, 0.013916], [0.385147, 0.716873, 0.097076], [0.143066, 0.060608, 0.714096],
    ])

    private func read(_ color: [UInt8], _ profile: [UInt8]) throws -> (stored: [UInt8], shown: [UInt8]) {
        try withTemporaryFolder { folder in
            let image = Image(width: 1, height: 1, channels: color.count, bytes: color)
            try image.savePNG(folder + "/p.png", colorProfile: profile)
            let file = try ImageFile(path: folder + "/p.png")
            #expect(file.colorProfile == profile)
            return (file.image.bytes, file.sRGB.bytes)
        }
    }

    /// Values of a colour conversion program for Display P3 (200, 40, 30).
    @Test func displayP3BecomesSRGB() throws {
        let (stored, shown) = try read([200, 40, 30], Self.displayP3)
        #expect(stored == [200, 40, 30] && shown == [218, 0, 4])
        #expect(try read([255, 255, 255], Self.displayP3).shown == [255, 255, 255])
        #expect(try read([200, 40, 30, 77], Self.displayP3).shown == [218, 0, 4, 77])
    }

    @Test func sRGBAndProfilesThatCannotBeReadChangeNothing() throws {
        for profile in [Self.sRGB, Array(Self.displayP3.prefix(200)), []] {
            let image = Image(width: 1, height: 1, channels: 3, bytes: [200, 40, 30])
            let file = try withTemporaryFolder { folder in
                try image.savePNG(folder + "/p.png", colorProfile: profile.count == 200 ? [] : profile)
                return try ImageFile(path: folder + "/p.png")
            }
            #expect(file.sRGB.bytes == [200, 40, 30])
        }
    }

    @Test func aColourKeyIsTransparency() throws {
        // Grey, 2 x 1 pixels, of which the first has the key's value; zlib's stored block holds the row.
        func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
            let body = Array(name.utf8) + data
            var crc: UInt32 = 0xFFFF_FFFF
            for byte in body {
                crc ^= UInt32(byte)
                for _ in 0..<8 { crc = crc & 1 == 1 ? 0xEDB8_8320 ^ crc >> 1 : crc >> 1 }
            }
            return Self.bytes(UInt32(data.count)) + body + Self.bytes(~crc)
        }
        func picture(kind: UInt8, key: [UInt8], row: [UInt8]) throws -> Image {
            let raw = [0] + row
            let (length, inverse) = (UInt16(raw.count), ~UInt16(raw.count))
            var (low, high): (UInt32, UInt32) = (1, 0)
            for byte in raw {
                (low, high) = ((low + UInt32(byte)) % 65_521, (high + low + UInt32(byte)) % 65_521)
            }
            let data: [UInt8] =
                [
                    0x78, 0x01, 0x01, UInt8(length & 255), UInt8(length >> 8), UInt8(inverse & 255),
                    UInt8(inverse >> 8),
                ]
                + raw + Self.bytes(high << 16 | low)
            let file: [UInt8] =
                [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
                + chunk("IHDR", Self.bytes(2) + Self.bytes(1) + [8, kind, 0, 0, 0]) + chunk("tRNS", key)
                + chunk("IDAT", data) + chunk("IEND", [])
            return try ImageFile(bytes: file, path: "key.png").image
        }
        #expect(try picture(kind: 0, key: [0, 9], row: [9, 200]).bytes == [9, 0, 200, 255])
        #expect(
            try picture(kind: 2, key: [0, 1, 0, 2, 0, 3], row: [1, 2, 3, 4, 5, 6]).bytes == [
                1, 2, 3, 0, 4, 5, 6, 255,
            ])
    }

    @Test func otherFormatsAndSizesSayWhatToDo() throws {
        let cases: [([UInt8], String)] = [
            (Array("RIFF0000WEBPVP8 ".utf8), "WebP"), ([0, 0, 0, 24] + Array("ftypavif".utf8), "AVIF"),
            (Array("II*\0aaaaaaaaaaaa".utf8), "TIFF"),
        ]
        for (bytes, name) in cases {
            let error = #expect(throws: ImageError.self) { _ = try ImageFile(bytes: bytes, path: "x") }
            let message = try #require(error).description
            #expect(message.contains(name) && message.contains("convert"), "\(message)")
        }
    }
}
