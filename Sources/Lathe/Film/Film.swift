// A turntable film: numbered frames, a GIF, and an .mp4 where ffmpeg is installed.

import Files
import Foundation
package import Images
import Radiance

/// Renders the frames of a turntable one by one, then writes them in several formats.
package struct Film {
    private let subject: any Viewable
    private let options: FilmOptions
    private var frames: [Image] = []

    /// - Parameters:
    ///   - subject: what is filmed.
    ///   - options: frames, camera, channels, background.
    package init(of subject: any Viewable, _ options: FilmOptions) {
        self.subject = subject
        self.options = options
    }

    /// Number of frames rendered.
    package var count: Int { frames.count }
    /// Whether the turn is complete.
    package var isComplete: Bool { frames.count == options.frames }

    /// A turn takes three seconds, at 1 to 30 frames per second.
    private var framesPerSecond: Int { max(1, min(30, options.frames / 3)) }

    /// Renders the next frame; the camera starts at the front and orbits counter-clockwise seen from above.
    package mutating func takeFrame() {
        precondition(!isComplete, "Film.takeFrame: all \(options.frames) frames are taken")
        let azimuth = 360 * Float(frames.count) / Float(options.frames)
        let camera = Camera(
            azimuth: azimuth, elevation: options.elevation, radius: options.distance,
            fieldOfView: options.fieldOfView)
        let picture = subject.view(
            from: camera, size: options.size, needsNormals: options.channels.contains(.normal))
        frames.append(picture.shown(options.channels, background: options.background, camera: camera))
    }

    /// Writes the frames as `folder/000.png` and so on.
    package func writeFrames(into folder: String) throws {
        try writeFolder(folder) { folder in
            for (index, frame) in frames.enumerated() {
                try frame.savePNG("\(folder)/\(Film.name(index)).png")
            }
        }
    }

    /// Writes a contact sheet of up to sixteen frames.
    package func writeSheet(to path: String) throws {
        let count = min(16, frames.count)
        let chosen = (0..<count).map { frames[$0 * frames.count / count] }
        try Image.contactSheet(chosen, columns: min(count, 8)).savePNG(path)
    }

    /// Writes a strip: the photograph, then six views, each at most 256 pixels high.
    package func writeStrip(after photograph: Image, to path: String) throws {
        let size = min(256, options.size)
        let scale = Float(size) / Float(max(photograph.width, photograph.height))
        let small = photograph.composited(over: [1, 1, 1]).resized(
            width: max(1, Int((Float(photograph.width) * scale).rounded())),
            height: max(1, Int((Float(photograph.height) * scale).rounded())))
        let count = min(6, frames.count)
        let sides = (0..<count).map { frames[$0 * frames.count / count].composited(over: [1, 1, 1]) }
            .map { $0.height == size ? $0 : $0.resized(width: $0.width * size / $0.height, height: size) }
        try Image.contactSheet([small] + sides, columns: count + 1).savePNG(path)
    }

    /// Writes a looping GIF.
    package func writeGIF(to path: String) throws {
        let background: [Float]? =
            switch options.background {
            case .alpha: nil
            case .colour(let red, let green, let blue): [red, green, blue]
            }
        try Animation(frames: frames, secondsPerFrame: 1 / Double(framesPerSecond))
            .saveGIF(path, background: background)
    }

    /// Encodes an .mp4 from frames that `writeFrames` has written.
    /// - Parameters:
    ///   - folder: holds the frames.
    ///   - path: the film.
    ///   - ffmpeg: path of the encoder.
    /// - Returns: nil on success, else the reason of the failure.
    package func writeMovie(framesIn folder: String, to path: String, ffmpeg: String) -> String? {
        Movie(program: ffmpeg).encode(framesIn: folder, framesPerSecond: framesPerSecond, to: path)
    }

    private static func name(_ index: Int) -> String {
        String(repeating: "0", count: max(0, 3 - String(index).count)) + String(index)
    }
}
