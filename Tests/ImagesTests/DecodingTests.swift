// Decoding: every kind of PNG and JPEG gives the right upright pixels, every damaged one an error.

import Arrays
import Foundation
import Images
import TestSupport
import Testing

private struct Variant: Decodable {
    let format: String
    let uprightSize: [Int]
    let rgb8: String?
    let rgba8: String?
    let mean: [Double]?
    let psnr: Double?

    enum CodingKeys: String, CodingKey {
        case format
        case uprightSize = "upright_size"
        case rgb8 = "rgb8_sha256"
        case rgba8 = "rgba8_sha256"
        case mean = "rgb_mean"
        case psnr = "psnr_to_base"
    }
}

@Suite struct DecodingTests {
    @Test func fixturesDecodeToTheirPixels() throws {
        let base = try Image.load(fixtures + "/rgb.png")
        var seen = 0
        for (name, facts) in try FixtureFacts.all() {
            let image = try Image.load("\(fixtures)/\(name)")
            // A colour key makes a picture transparent in parts and leaves its colours.
            if let hash = facts.rgbSHA256 {
                #expect(pixelHash(name == "color_key.png" ? image.rgb : image) == hash, "\(name)")
            }
            if let least = facts.psnr {
                let reference = image.channels == 1 ? base.grey : base
                #expect(psnr(image, reference) >= least, "\(name): \(psnr(image, reference)) dB")
            }
            seen += 1
        }
        #expect(seen >= 50)
    }

    @Test func sixteenBitsKeepTheirPrecision() throws {
        let image = try Image.load(fixtures + "/ramp16.png")
        let samples = (0..<64).map { index in index / 8 * 256 + index % 8 }
        let expected = samples.map { Float($0) / 65535 }
        #expect(image.pixels.scalars == expected)
    }

    @Test(arguments: 1...8) func orientationIsToldAndApplied(_ orientation: Int) throws {
        let file = try ImageFile(path: "\(fixtures)/turned\(orientation).png")
        #expect(file.orientation == orientation && file.format == .png)
        #expect(file.image.width == 41 && file.image.height == 31)
    }

    @Test func theColorProfileIsKept() throws {
        let profile = [UInt8](String(repeating: "profile ", count: 20).utf8)
        #expect(try ImageFile(path: fixtures + "/baseline.jpg").colorProfile == profile)
        #expect(try ImageFile(path: fixtures + "/rgb.png").colorProfile.isEmpty)
    }

    @Test(arguments: [
        ([UInt8]("RIFF1234WEBPVP8 ".utf8), "WebP"), (Array("\0\0\0\u{18}ftypheic".utf8), "HEIC"),
        (Array("GIF89a".utf8), "GIF"), (Array("some text".utf8), "not a picture"), ([], "empty"),
        ([0xFF, 0xD8, 0xFF, 0xC3, 0, 11, 8, 0, 1, 0, 1, 1, 1, 0x11, 0], "lossless"), ([0xFF, 0xD8], "JPEG"),
        ([0xFF, 0xD8, 0xFF, 0xFF], "JPEG"),
        (Array([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]), "cut short"),
    ])
    func otherContentIsRefusedByName(_ bytes: [UInt8], _ reason: String) throws {
        let message = try refusal("picture.png") { _ = try ImageFile(bytes: bytes, path: "picture.png") }
        #expect(message.contains(reason), "\(message)")
    }

    @Test func missingFilesAndFoldersAreNamed() throws {
        #expect(try refusal("/no/such.png") { _ = try Image.load("/no/such.png") }.contains("no such file"))
        #expect(try refusal("/tmp") { _ = try Image.load("/tmp") }.contains("folder"))
    }

    /// Damaged bytes give a picture or an error, never a trap or a picture of another size.
    @Test func mutatedFilesNeverTrap() throws {
        var random = SplitMix(state: 99)
        var refused = 0
        for name in [
            "palette_clear.png", "turned6.jpg", "progressive.jpg", "ink.jpg", "interlaced.png", "grey16.png",
        ] {
            let good = try fileBytes("\(fixtures)/\(name)")
            for _ in 0..<100 {
                var bytes = good
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    // Headers, where structure lies, are hit more often than pixels.
                    let limit = Bool.random(using: &random) ? min(bytes.count, 300) : bytes.count
                    let place = Int.random(in: 0..<limit, using: &random)
                    switch Int.random(in: 0..<4, using: &random) {
                    case 0:
                        bytes.removeSubrange(
                            place..<min(bytes.count, place + Int.random(in: 1...40, using: &random)))
                    case 1: bytes[place] = [0, 0xFF, 0x80, 0x7F].randomElement(using: &random) ?? 0
                    default: bytes[place] ^= UInt8(1) << UInt8.random(in: 0..<8, using: &random)
                    }
                    if bytes.isEmpty { break }
                }
                do {
                    let image = try ImageFile(bytes: bytes, path: name).image
                    #expect(image.width * image.height <= ImageFile.pixelLimit)
                } catch is ImageError {
                    refused += 1
                }
            }
        }
        #expect(refused > 200)
    }

    @Test(.enabled(if: TestData.isPresent, "\(TestData.absent)"))
    func everyVariantDecodesAsStated() throws {
        let data = try #require(TestData.folder)
        let folder = data + "/photos/variants/"
        let table = try JSONDecoder().decode(
            [String: Variant].self, from: Data(contentsOf: URL(filePath: folder + "variants.json")))
        let base = try Image.load(data + "/photos/coffee.png")
        #expect(table.count >= 30)
        for (name, variant) in table.sorted(by: { $0.key < $1.key }) {
            guard variant.format == "PNG" || variant.format == "JPEG" else {
                let message = try refusal(folder + name) { _ = try Image.load(folder + name) }
                #expect(message.lowercased().contains(variant.format.lowercased()))
                continue
            }
            let image = try Image.load(folder + name)
            #expect([image.width, image.height] == variant.uprightSize, "\(name)")
            if let hash = variant.rgb8 { #expect(sha256(image.rgb.bytes) == hash, "\(name)") }
            if let hash = variant.rgba8 { #expect(sha256(image.rgba.bytes) == hash, "\(name)") }
            if let mean = variant.mean {
                let bytes = image.rgb.bytes
                for channel in 0..<3 {
                    let sum = stride(from: channel, to: bytes.count, by: 3).reduce(0) { $0 + Int(bytes[$1]) }
                    // Decoders may differ by a step in single pixels, hardly in the mean.
                    #expect(abs(Double(sum * 3) / Double(bytes.count) - mean[channel]) < 0.1, "\(name)")
                }
            }
            if let stated = variant.psnr {
                let reference = image.channels == 1 ? base.grey : base
                #expect(abs(psnr(image, reference) - stated) < 0.1, "\(name): \(psnr(image, reference))")
            }
        }
    }

    @Test(.enabled(if: TestData.isPresent, "\(TestData.absent)"))
    func damagedPicturesAreRefusedInOneLine() throws {
        let files = try TestData.bad("images/")
        #expect(files.count >= 44)
        for (path, expectation) in files {
            do {
                _ = try Image.load(path)
                // Sound files that make no sense as input are told apart later.
                #expect(
                    expectation.expect != "refuse" || expectation.level == "pipeline",
                    "\(path): \(expectation.why)")
            } catch let error as ImageError {
                #expect(expectation.expect != "accept" && expectation.level == "file", "\(error)")
                #expect(!error.description.contains("\n") && error.description.hasPrefix(path), "\(error)")
            }
        }
    }
}
