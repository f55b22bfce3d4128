// The result of a generation, and its record.

/// The files of a generation.
public struct GenerateResult: Codable, Sendable {
    /// Path of the first version.
    public var picture: String
    /// Paths of all versions.
    public var versions: [String]
    /// Seed of each version.
    public var seeds: [UInt64]
    /// Path of the contact sheet of all versions; nil if there is one.
    public var sheet: String?
    /// Remarks for the user.
    public var notes: [String]
    /// Duration in seconds.
    public var seconds: Double

    /// The result as lines of text.
    package var lines: [String] {
        (versions.count > 1
            ? zip(versions, seeds).map { "version \($0)  (seed \($1))" } : ["picture \(picture)"])
            + (sheet.map { ["sheet   \($0)"] } ?? [])
    }
}

/// `run.json` of a generation.
struct GenerateRecord: Codable {
    var tool = "lathe"
    var version = LatheVersion.current
    var command = "generate"
    var options: GenerateOptions
    var models: [RunRecord.Model]
    /// SHA-256 of adapters, control pictures and the start picture, by path.
    var files: [String: String]
    var machine = RunRecord.Machine.current
    var result: GenerateResult
}
