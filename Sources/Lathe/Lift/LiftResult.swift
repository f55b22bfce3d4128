// The result of a finished lift.

/// Paths and scores of a finished lift.
public struct LiftResult: Codable, Sendable {
    /// The run directory.
    public var run: String
    /// The turntable as GIF.
    public var film: String
    /// The turntable as .mp4, if ffmpeg was available.
    public var movie: String?
    /// The mesh as GLB.
    public var mesh: String
    /// The report as HTML.
    public var report: String
    /// The caption used.
    public var caption: String?
    /// Duration of all stages in seconds.
    public var seconds: Double
    /// Scores by name: PSNR in dB, IoU 0 … 1, counts.
    public var scores: [String: Double]

    init(record: RunRecord, directory: RunDirectory) {
        run = directory.path
        film = directory.film
        movie = isFile(directory.movie) ? directory.movie : nil
        mesh = directory.mesh
        report = directory.report
        caption = record.caption
        seconds = record.stages.reduce(0) { $0 + $1.seconds }
        scores = record.scores
    }

    /// The result as lines of text.
    package var lines: [String] {
        var lines: [String] = []
        if let caption, !caption.isEmpty { lines.append("object  \(caption)") }
        lines.append("film    \(movie ?? film)")
        if movie != nil { lines.append("        \(film)") }
        lines.append("mesh    \(mesh)")
        lines.append("report  \(report)")
        return lines
    }
}
