// A film of one turn round an object: numbered frames, a GIF, and an .mp4 where ffmpeg is installed.

import Foundation
package import Images
import Radiance

/// Takes the frames of a turn one by one, then writes the films.
package struct Film {
    private let subject: any Viewable
    private let options: FilmOptions
    private var frames: [Image] = []

    package init(of subject: any Viewable, _ options: FilmOptions) {
        self.subject = subject
        self.options = options
    }

    /// Frames taken so far.
    package var count: Int { frames.count }
    package var isComplete: Bool { frames.count == options.frames }

    /// A whole turn takes four seconds, within what players show smoothly.
    private var framesPerSecond: Int { max(1, min(30, options.frames / 4)) }

    /// Takes the next frame; the camera goes round counter-clockwise seen from above, from the front.
    package mutating func takeFrame() {
        precondition(!isComplete, "Film.takeFrame: all \(options.frames) frames are taken")
        let azimuth = 360 * Float(frames.count) / Float(options.frames)
        let camera = Camera(azimuth: azimuth, elevation: options.elevation, fieldOfView: options.fieldOfView)
        let picture = subject.view(
            from: camera, size: options.size, needsNormals: options.channels.contains(.normal))
        frames.append(picture.shown(options.channels, background: options.background, camera: camera))
    }

    /// Writes the frames as numbered files, `folder/000.png` and so on.
    package func writeFrames(into folder: String) throws {
        try Disk.createFolder(folder)
        for (index, frame) in frames.enumerated() {
            try frame.savePNG("\(folder)/\(Film.name(index)).png")
        }
    }

    /// Writes one picture with up to sixteen frames in a grid.
    package func writeSheet(to path: String) throws {
        let count = min(16, frames.count)
        let chosen = (0..<count).map { frames[$0 * frames.count / count] }
        try Image.contactSheet(chosen, columns: min(count, 8)).savePNG(path)
    }

    /// Writes the photograph and six sides in a row: the whole story in one picture.
    package func writeStrip(after photograph: Image, to path: String) throws {
        let size = options.size
        let scale = Float(size) / Float(max(photograph.width, photograph.height))
        let small = photograph.composited(over: [1, 1, 1]).resized(
            width: max(1, Int((Float(photograph.width) * scale).rounded())),
            height: max(1, Int((Float(photograph.height) * scale).rounded())))
        let count = min(6, frames.count)
        let sides = (0..<count).map { frames[$0 * frames.count / count].composited(over: [1, 1, 1]) }
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

    /// Writes an .mp4 from frames that `writeFrames` has written.
    /// - Returns: Why there is no film; nil when there is one.
    package func writeMovie(framesIn folder: String, to path: String, ffmpeg: String) -> String? {
        Movie(program: ffmpeg).encode(framesIn: folder, framesPerSecond: framesPerSecond, to: path)
    }

    private static func name(_ index: Int) -> String {
        String(repeating: "0", count: max(0, 3 - String(index).count)) + String(index)
    }
}
