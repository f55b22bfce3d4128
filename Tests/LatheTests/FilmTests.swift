// Films: which cameras look when, and what is written in which colours.

import Arrays
import Foundation
import Images
import Lathe
import Radiance
import TestSupport
import Testing

/// Shows the azimuth that it is looked at from as a grey of azimuth / 360, opaque.
private struct Compass: Viewable {
    func view(from camera: Camera, size: Int, needsNormals: Bool) -> ViewPicture {
        let turn = camera.azimuth < -0.01 ? camera.azimuth + 360 : camera.azimuth
        return ViewPicture(
            size: size,
            colour: NDArray(shape: [size, size, 4]) { out in
                for index in out.indices { out[index] = index % 4 == 3 ? 1 : turn / 360 }
            },
            depth: .zeros([size, size]), normal: .zeros([size, size, 3]))
    }
}

/// ffmpeg where it is installed.
enum FFmpeg {
    static let path: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .map { "\($0)/ffmpeg" }.first { FileManager.default.isExecutableFile(atPath: $0) }

    /// The frames of a film as RGB bytes, one after another.
    static func frames(of film: String, into folder: String) throws -> [UInt8] {
        let output = folder + "/frames.rgb"
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path ?? "")
        process.arguments = [
            "-nostdin", "-y", "-loglevel", "error", "-i", film, "-f", "rawvideo", "-pix_fmt", "rgb24", output,
        ]
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return try fileBytes(output)
    }
}

@Suite struct FilmTests {
    private func film(_ subject: any Viewable, frames: Int, size: Int) -> Film {
        var film = Film(of: subject, FilmOptions(frames: frames, size: size, elevation: 0))
        while !film.isComplete { film.takeFrame() }
        return film
    }

    private static func middle(_ image: Image) -> SIMD3<Float> {
        let values = image.rgb.pixels.scalars
        let start = (image.height / 2 * image.width + image.width / 2) * 3
        return SIMD3(values[start], values[start + 1], values[start + 2])
    }

    /// From the front the camera goes to the object's right (+x), counter-clockwise seen from above.
    @Test func theCameraGoesFromTheFrontToTheRight() throws {
        let film = film(try SolidField.ball(colour: SolidField.sides), frames: 4, size: 24)
        try withTemporaryFolder { folder in
            try film.writeFrames(into: folder + "/frames")
            #expect(try folderContents(folder + "/frames") == ["000.png", "001.png", "002.png", "003.png"])
            let seen = try (0..<4).map {
                colourName(Self.middle(try Image.load("\(folder)/frames/00\($0).png")))
            }
            #expect(seen == ["red", "green", "blue", "yellow"])
        }
    }

    @Test func framesDivideTheTurnEvenly() throws {
        var film = Film(of: Compass(), FilmOptions(frames: 5, size: 8))
        #expect(film.count == 0 && !film.isComplete)
        for count in 1...5 {
            film.takeFrame()
            #expect(film.count == count && film.isComplete == (count == 5))
        }
        try withTemporaryFolder { folder in
            try film.writeFrames(into: folder)
            for index in 0..<5 {
                let grey = Self.middle(try Image.load("\(folder)/00\(index).png")).x
                // Pictures have 256 levels; the azimuth goes through a position and back.
                #expect(abs(grey - Float(index) / 5) < 0.004, "frame \(index): \(grey)")
            }
        }
    }

    @Test func aTurnTakesThreeSecondsAndColoursStayInPlace() throws {
        let film = film(try SolidField.ball(colour: SolidField.sides), frames: 12, size: 24)
        let gif = try withTemporaryFolder { folder in
            try film.writeGIF(to: folder + "/turn.gif")
            return try #require(ParsedGIF(fileBytes(folder + "/turn.gif")))
        }
        #expect(gif.frames.map(\.delay).reduce(0, +) == 300)
        let seen = [0, 3, 6, 9].map { frame in
            let colour = gif.colour(frame: frame, 12, 12)
            return colourName(SIMD3(Float(colour[0]), Float(colour[1]), Float(colour[2])) / 255)
        }
        #expect(seen == ["red", "green", "blue", "yellow"])
        // The palette's white is the mean of all that is nearly white.
        #expect(gif.colour(frame: 0, 0, 0).allSatisfy { $0 > 230 })
    }

    @Test func aClearBackgroundStaysClearInTheGIF() throws {
        var film = Film(
            of: try SolidField.ball(colour: SolidField.sides),
            FilmOptions(frames: 2, size: 24, background: .alpha))
        while !film.isComplete { film.takeFrame() }
        let gif = try withTemporaryFolder { folder in
            try film.writeGIF(to: folder + "/turn.gif")
            return try #require(ParsedGIF(fileBytes(folder + "/turn.gif")))
        }
        let clear = try #require(gif.frames[0].transparent)
        #expect(gif.frames[0].pixels[0] == clear && gif.frames[0].pixels[12 * 24 + 12] != clear)
    }

    @Test(.enabled(if: FFmpeg.path != nil, "ffmpeg is not installed"))
    func moviesHaveAnyNameAndNoBlackLine() throws {
        try withTemporaryFolder { folder in
            let film = film(Compass(), frames: 2, size: 25)
            let run = folder + "/-run 100%d"
            try film.writeFrames(into: run)
            let movie = run + "/turn.mp4"
            #expect(film.writeMovie(framesIn: run, to: movie, ffmpeg: FFmpeg.path ?? "") == nil)
            let bytes = try FFmpeg.frames(of: movie, into: folder)
            #expect(bytes.count == 2 * 24 * 24 * 3)
            // The second frame is seen from 180 degrees: a grey of one half.
            #expect(bytes.suffix(24 * 24 * 3).allSatisfy { abs(Int($0) - 128) < 6 })
        }
    }

    @Test func aNarrowViewStepsBackSoFarThatTheBallStays() {
        #expect(FilmOptions().distance == 2.7 && FilmOptions(fieldOfView: 90).distance == 2.7)
        for angle in [5, 25, 44] as [Float] {
            let distance = FilmOptions(fieldOfView: angle).distance
            let radius = distance * sin(angle * .pi / 360)
            #expect(abs(radius - 2.7 * sin(.pi / 8)) < 1e-4)
        }
    }

    @Test(.enabled(if: FFmpeg.path != nil, "ffmpeg is not installed"))
    func aMovieShowsTheFramesInTheirColours() throws {
        let size = 32
        let film = film(try SolidField.ball(colour: SolidField.sides), frames: 4, size: size)
        try withTemporaryFolder { folder in
            try film.writeFrames(into: folder + "/frames")
            let reason = film.writeMovie(
                framesIn: folder + "/frames", to: folder + "/turn.mp4", ffmpeg: FFmpeg.path ?? "")
            #expect(reason == nil)
            let bytes = try FFmpeg.frames(of: folder + "/turn.mp4", into: folder)
            try #require(bytes.count == 4 * size * size * 3)
            let seen = (0..<4).map { frame in
                let start = ((frame * size + size / 2) * size + size / 2) * 3
                return colourName(
                    SIMD3(Float(bytes[start]), Float(bytes[start + 1]), Float(bytes[start + 2])) / 255)
            }
            #expect(seen == ["red", "green", "blue", "yellow"])
            // Nothing half-written is left beside the film.
            #expect(try folderContents(folder) == ["frames", "frames.rgb", "turn.mp4"])
        }
    }

    @Test func aMovieThatCannotBeMadeSaysWhy() throws {
        let film = film(Compass(), frames: 2, size: 8)
        try withTemporaryFolder { folder in
            let reason = film.writeMovie(
                framesIn: folder + "/none", to: folder + "/turn.mp4", ffmpeg: folder + "/no-ffmpeg")
            #expect(reason == "ffmpeg could not be started")
            let left = try folderContents(folder)
            #expect(left.isEmpty)
        }
    }

    @Test func aSheetHoldsSixteenFramesOfManyAndAStripSix() throws {
        let film = film(Compass(), frames: 32, size: 8)
        try withTemporaryFolder { folder in
            try film.writeSheet(to: folder + "/sheet.png")
            try film.writeStrip(
                after: Image(width: 16, height: 4, color: [1, 0, 0]), to: folder + "/strip.png")
            let sheet = try Image.load(folder + "/sheet.png")
            let greys = Set(sheet.rgb.bytes)
            // Every second of 32 frames: a sixteenth of a turn apart, in steps of 1 / 255.
            for index in 0..<16 {
                let level = Float(index) / 16 * 255
                #expect(greys.contains { abs(Float($0) - level) < 1 }, "frame \(2 * index)")
            }
            #expect(!greys.contains { $0 > 2 && $0 < 14 }, "a frame between the chosen ones")
            let strip = try Image.load(folder + "/strip.png")
            // Seven pictures of 8 pixels; the photograph is made as wide as the frames.
            #expect(strip.width >= 56 && strip.width < 7 * 8 + 8 * 8)
            let bytes = strip.rgb.bytes
            let reds = stride(from: 0, to: bytes.count, by: 3).filter {
                bytes[$0] == 255 && bytes[$0 + 1] == 0 && bytes[$0 + 2] == 0
            }
            #expect(reds.count == 8 * 2)
        }
    }
}
