// What an edited copy keeps of a picture's Exif data and resolution.

import Foundation
import Images
import Testing

@Suite struct MetadataTests {
    /// A TIFF block with an orientation, a maker, a date, a second directory with another date and maker's notes, and a
    /// thumbnail.
    private func block(little: Bool, orientation: Int) -> [UInt8] {
        func n(_ value: Int, _ bytes: Int) -> [UInt8] {
            let all = (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
            return little ? all : all.reversed()
        }
        func entry(_ tag: Int, _ type: Int, _ count: Int, _ value: [UInt8]) -> [UInt8] {
            n(tag, 2) + n(type, 2) + n(count, 4) + value + [UInt8](repeating: 0, count: 4 - value.count)
        }
        // Header 8; directory of 5 entries to 74; text from 74; Exif directory at 130; thumbnail's at 200.
        var out = Array((little ? "II" : "MM").utf8) + n(42, 2) + n(8, 4) + n(5, 2)
        out += entry(0x010F, 2, 6, n(74, 4))
        out += entry(0x0112, 3, 1, n(orientation, 2))
        out += entry(0x011A, 5, 1, n(80, 4))
        out += entry(0x0132, 2, 20, n(88, 4))
        out += entry(0x8769, 4, 1, n(130, 4))
        out += n(200, 4)
        out += Array("Maker\0".utf8) + n(300, 4) + n(1, 4) + Array("2024:01:02 03:04:05\0".utf8)
        out += [UInt8](repeating: 0, count: 130 - out.count)
        out += n(2, 2) + entry(0x9003, 2, 20, n(160, 4)) + entry(0x927C, 7, 5, n(180, 4)) + n(0, 4)
        out += Array("2023:12:31 23:59:59\0".utf8) + Array("NOTES".utf8)
        out += [UInt8](repeating: 0, count: 200 - out.count)
        out += n(2, 2) + entry(0x0201, 4, 1, n(230, 4)) + entry(0x0202, 4, 1, n(5, 4)) + n(0, 4)
        return out + Array("THUMB".utf8)
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test(arguments: [true, false], ["png", "jpg"])
    func aCopyKeepsWhatStaysTrueAndIsUprightOnce(little: Bool, format: String) throws {
        let picture = Image(width: 12, height: 8, color: [0.2, 0.5, 0.7])
        let resolution = PictureMetadata.Resolution(horizontal: 11811, vertical: 5906)
        let raw = PictureMetadata(exif: block(little: little, orientation: 6), resolution: resolution)
        func written(_ picture: Image, _ metadata: PictureMetadata) throws -> [UInt8] {
            format == "png" ? try picture.png(metadata: metadata) : try picture.jpeg(metadata: metadata)
        }
        let first = try ImageFile(bytes: written(picture, raw), path: "a.\(format)")
        #expect(first.orientation == 6 && first.image.width == 8 && first.image.height == 12)
        let kept = text(first.metadata.exif)
        for word in ["Maker\0", "2024:01:02 03:04:05", "2023:12:31 23:59:59"] { #expect(kept.contains(word)) }
        for word in ["NOTES", "THUMB"] { #expect(!kept.contains(word)) }
        // The sides change places with the picture's.
        let found = try #require(first.metadata.resolution)
        #expect(abs(found.horizontal - 5906) < 20 && abs(found.vertical - 11811) < 20)
        let second = try ImageFile(bytes: written(first.image, first.metadata), path: "b.\(format)")
        #expect(second.orientation == 1 && second.image.width == 8 && second.image.height == 12)
        #expect(second.metadata == first.metadata)
        let none = try ImageFile(bytes: written(first.image, .none), path: "c.\(format)")
        #expect(none.metadata == .none)
    }

    @Test func damagedExifDataAreLeftOut() throws {
        let whole = block(little: true, orientation: 3)
        let picture = Image(width: 4, height: 4, color: [0, 0, 0])
        for length in 0..<whole.count {
            let cut = PictureMetadata(exif: Array(whole.prefix(length)), resolution: nil)
            let bytes = try picture.jpeg(metadata: cut)
            _ = try ImageFile(bytes: bytes, path: "cut.jpg")
        }
        // A directory that points to itself.
        var circle = whole
        circle.replaceSubrange(66..<70, with: [8, 0, 0, 0])
        let read = try ImageFile(
            bytes: picture.jpeg(metadata: PictureMetadata(exif: circle, resolution: nil)), path: "circle.jpg")
        #expect(text(read.metadata.exif).contains("Maker"))
    }
}
