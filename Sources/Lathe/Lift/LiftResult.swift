// What a finished lift hands back.

/// Where the results of a lift are, and how good they are.
public struct LiftResult: Codable, Sendable {
    public var run: String
    public var film: String
    public var movie: String?
    public var mesh: String
    public var report: String
    public var caption: String?
    public var seconds: Double
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

    /// The result for a person.
    public var lines: [String] {
        var lines: [String] = []
        if let caption, !caption.isEmpty { lines.append("object  \(caption)") }
        lines.append("film    \(movie ?? film)")
        if movie != nil { lines.append("        \(film)") }
        lines.append("mesh    \(mesh)")
        lines.append("report  \(report)")
        return lines
    }
}
