// Pictures: resizing as Pillow's, cutting, compositing, saving.

import Arrays
import Files
import Foundation
import Images
import TestSupport
import Testing

@Suite struct ImageTests {
    private let base: Image

    init() throws { base = try Image.load(fixtures + "/rgb.png") }

    @Test(arguments: ["nearest", "box", "bilinear", "bicubic", "lanczos"])
    func resizingEqualsPillow(_ name: String) throws {
        let filters: [String: ResampleFilter] = [
            "nearest": .nearest, "box": .box, "bilinear": .bilinear, "bicubic": .bicubic, "lanczos": .lanczos,
        ]
        let filter = try #require(filters[name])
        for (width, height) in [(20, 15), (63, 50), (7, 31), (41, 11), (1, 1)] {
            let expected = try Image.load("\(fixtures)/resized_\(name)_\(width)x\(height).png")
            let resized = base.resized(width: width, height: height, filter: filter)
            // Pillow rounds to 8 bits between the two directions.
            #expect(worstStep(resized, expected) <= 1, "\(width)×\(height)")
        }
    }

    @Test func resizingWithAlphaIsPremultiplied() throws {
        let image = try Image.load(fixtures + "/rgba.png").resized(width: 19, height: 23)
        let expected = try Image.load(fixtures + "/resized_rgba_19x23.png")
        // Pillow holds premultiplied colours in 8 bits, so colours of faint pixels are coarse: compare them premultiplied.
        #expect(worstStep(Image(image.premultiplied()), Image(expected.premultiplied())) <= 2)
        #expect(image.resized(width: 19, height: 23).pixels.scalars == image.pixels.scalars)
        #expect(base.resized(longerSide: 10).width == 10 && base.resized(longerSide: 10).height == 8)
    }

    @Test func aLargePictureResizesTheSameOnAnyNumberOfThreads() {
        let tall = Image(width: 3, height: 40_000, color: [0.25, 0.5, 1])
        let small = tall.resized(width: 1, height: 9, filter: .lanczos)
        for (index, value) in small.pixels.scalars.enumerated() {
            let expected: [Float] = [0.25, 0.5, 1]
            #expect(abs(value - expected[index % 3]) < 1e-5)
        }
    }

    @Test func croppingAndPaddingMoveNothing() {
        let box = PixelRectangle(left: 5, top: 3, right: 12, bottom: 9)
        let crop = base.cropped(to: box)
        #expect(crop.width == 7 && crop.height == 6)
        let padded = crop.padded(left: 5, top: 3, right: 29, bottom: 22, mode: .constant([0.5]))
        #expect(padded.width == base.width && padded.height == base.height)
        #expect(padded.cropped(to: box).pixels.scalars == crop.pixels.scalars)
        #expect(padded.pixels.scalars[0] == 0.5)
        let row = Image(NDArray([0, 1, 2, 3].map { $0 / 4 }, shape: [1, 4, 1]))
        let reflected = row.padded(left: 5, right: 4, mode: .reflect).pixels.scalars.map { Int($0 * 4) }
        #expect(reflected == [1, 2, 3, 2, 1, 0, 1, 2, 3, 2, 1, 0, 1])
        #expect(
            row.padded(left: 1, right: 2, mode: .nearest).pixels.scalars.map { Int($0 * 4) } == [
                0, 0, 1, 2, 3, 3, 3,
            ])
        #expect(row.mirrored.pixels.scalars.map { Int($0 * 4) } == [3, 2, 1, 0])
        #expect(
            Image(NDArray([0.5], shape: [1, 1, 1])).padded(left: 2, mode: .reflect).pixels.scalars == [
                0.5, 0.5, 0.5,
            ])
    }

    @Test func compositingFollowsThePorterDuffRule() {
        let half = Image(width: 1, height: 1, color: [1, 0, 0, 0.5])
        #expect(half.composited(over: [0, 0, 1]).pixels.scalars == [0.5, 0, 0.5])
        let over = half.composited(over: Image(width: 1, height: 1, color: [0, 1, 0, 0.5])).pixels.scalars
        let expected: [Float] = [2.0 / 3, 1.0 / 3, 0, 0.75]
        #expect(zip(over, expected).allSatisfy { abs($0 - $1) < 1e-6 })
        let clear = Image(width: 1, height: 1, color: [1, 1, 1, 0])
        #expect(clear.composited(over: clear).pixels.scalars == [0, 0, 0, 0])
        #expect(Image(premultiplied: half.premultiplied()).pixels.scalars == half.pixels.scalars)
        #expect(
            Image(width: 1, height: 1, color: [0.25, 0.5]).composited(over: [1]).pixels.scalars == [0.625])
    }

    @Test func linearLightAndBack() {
        #expect(abs(linearFromSRGB(188 / 255) - 0.502886) < 1e-5)
        #expect(abs(linearFromSRGB(5 / 255) - 5 / 255 / 12.92) < 1e-7)
        for byte in 0...255 {
            #expect(abs(srgbFromLinear(linearFromSRGB(Float(byte) / 255)) * 255 - Float(byte)) < 1e-3)
        }
    }

    @Test func greyIsLumaAndBytesAreClamped() {
        #expect(abs(Image(width: 1, height: 1, color: [1, 0.5, 0]).grey.pixels.scalars[0] - 0.5925) < 1e-6)
        #expect(
            Image(NDArray([-1, .nan, 2, 0.5, .infinity], shape: [1, 5, 1])).bytes == [0, 0, 255, 128, 255])
    }

    @Test(arguments: [1, 2, 3, 4]) func pngReadsBackExactly(_ channels: Int) throws {
        let count = 9 * 7 * channels
        let image = Image(NDArray((0..<count).map { Float($0) / Float(count) }, shape: [7, 9, channels]))
        try withTemporaryFolder { folder in
            try image.savePNG(folder + "/a.png")
            #expect(try Image.load(folder + "/a.png").bytes == image.bytes)
            try image.savePNG(folder + "/b.png", bits: 16)
            let back = try Image.load(folder + "/b.png")
            #expect(zip(back.pixels.scalars, image.pixels.scalars).allSatisfy { abs($0 - $1) < 1.0 / 65535 })
            let names = try folderContents(folder)
            #expect(names == ["a.png", "b.png"])
        }
    }

    @Test func jpegReadsBackClosely() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/a.jpg"
            func write(_ bytes: [UInt8]) throws { try writeFile(bytes, to: path) }
            try write(base.jpeg(quality: 95, colorProfile: [1, 2, 3]))
            let file = try ImageFile(path: path)
            #expect(psnr(file.image, base) > 32 && file.format == .jpeg && file.colorProfile == [1, 2, 3])
            try write(base.grey.jpeg(quality: 95))
            #expect(try Image.load(path).channels == 1)
            try write(Image(width: 3, height: 2, color: [0, 0, 0, 0]).jpeg())
            #expect(try Image.load(path).bytes.allSatisfy { $0 >= 254 })
            let wide = Image(width: 70_000, height: 1, color: [0])
            #expect(try refusal(path) { _ = try wide.jpeg(path: path) }.contains("too large"))
        }
    }

    @Test func savingWhereThatIsImpossibleIsAnErrorInOneLine() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/none/a.png"
            _ = try refusal(path) { try base.savePNG(path) }
            _ = try refusal(folder) { try base.savePNG(folder) }
            let names = try folderContents(folder)
            #expect(names.isEmpty)
        }
    }

    /// A limit on file sizes stands for a full disk: the system refuses the write in the same way.
    @Test func aFullDiskLeavesNothing() async throws {
        await #expect(processExitsWith: .success) {
            signal(SIGXFSZ, SIG_IGN)
            try withTemporaryFolder { folder in
                var limit = rlimit(rlim_cur: 100, rlim_max: 100)
                try #require(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
                let path = folder + "/a.png"
                var random = SplitMix(state: 3)
                let samples = (0..<3000).map { _ in Float.random(in: 0..<1, using: &random) }
                let noise = Image(NDArray(samples, shape: [50, 60, 1]))
                _ = try refusal(path) { try noise.savePNG(path) }
                _ = try refusal(path) { try Animation(frames: [noise]).saveGIF(path) }
                let names = try folderContents(folder)
                #expect(names.isEmpty)
            }
        }
    }
}
