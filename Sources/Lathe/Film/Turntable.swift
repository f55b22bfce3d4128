// Films a run, a field or a mesh that exists already.

import Foundation
import Images

/// A turntable film of an existing result.
public struct Turntable: Codable, Sendable {
    /// The path written.
    public var film: String
    /// What of a mesh file is not shown, one line each.
    public var notes: [String]

    /// The output format by the path's extension.
    private enum Kind {
        case gif, movie, folder
        /// A contact sheet.
        case sheet
    }

    /// Renders and writes a turntable film.
    /// - Parameters:
    ///   - path: a run directory, a `field.safetensors`, or a mesh (`.glb`, `.obj`, `.ply`).
    ///   - options: of the film.
    ///   - output: `.gif`, `.mp4` (needs ffmpeg), `.png` (a contact sheet), or a folder for numbered frames;
    ///     nil writes a GIF next to the subject, under a name that is free.
    ///   - searchPath: folders in which `ffmpeg` is looked for.
    ///   - progress: called after each frame; what it throws ends the work.
    /// - Throws: `LatheError` (`badInput`) for options, a subject or an output that cannot be used.
    /// - Returns: the film.
    public static func run(
        _ path: String, film options: FilmOptions, output: String?, searchPath: [String],
        progress: (LiftState) throws -> Void
    ) throws -> Turntable {
        try options.validate()
        let subject = try Subject.open(path)
        let target =
            output
            ?? freePath(
                isFolder(path) ? "\(path)/turntable" : (path as NSString).deletingPathExtension, ".gif")
        let kind = try kind(of: target)
        let ffmpeg = Helper.find("ffmpeg", in: searchPath)
        if case .movie = kind, case .alpha = options.background {
            throw LatheError.badInput(
                "\(target) cannot be transparent, as no .mp4 can; write a .gif, a .png or a folder, or choose a colour for \(.background)"
            )
        }
        if case .movie = kind, ffmpeg == nil {
            throw LatheError.badInput(
                "\(target) needs ffmpeg, which is not on the path; install it or write a .gif")
        }
        var film = Film(of: subject.viewable, options)
        while !film.isComplete {
            film.takeFrame()
            try progress(LiftState(stage: .film, step: film.count, total: options.frames))
        }
        try LatheError.asking(.badInput) {
            switch kind {
            case .gif: try film.writeGIF(to: target)
            case .folder: try film.writeFrames(into: target)
            case .sheet: try film.writeSheet(to: target)
            case .movie:
                let frames = FileManager.default.temporaryDirectory
                    .appendingPathComponent("lathe-\(UUID().uuidString)").path
                defer { try? FileManager.default.removeItem(atPath: frames) }
                try film.writeFrames(into: frames)
                if let reason = film.writeMovie(framesIn: frames, to: target, ffmpeg: ffmpeg ?? "") {
                    throw LatheError.badInput("\(target) cannot be written: \(reason)")
                }
            }
        }
        return Turntable(film: target, notes: subject.notes)
    }

    /// The path with this ending, or with a number before it where that one exists: the film of the run stays.
    private static func freePath(_ stem: String, _ ending: String) -> String {
        let numbered = [stem + ending] + (2...10_000).map { "\(stem)-\($0)\(ending)" }
        return numbered.first { !FileManager.default.fileExists(atPath: $0) } ?? numbered[0]
    }

    private static func kind(of path: String) throws -> Kind {
        switch (path as NSString).pathExtension.lowercased() {
        case "gif": return .gif
        case "mp4": return .movie
        case "png": return .sheet
        case "": return .folder
        case let other:
            throw LatheError.badInput("films are not written as .\(other); use .gif, .mp4, .png or a folder")
        }
    }
}
