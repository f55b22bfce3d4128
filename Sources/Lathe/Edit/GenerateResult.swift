// What a generation leaves: its files and its record.

/// What a generation leaves.
public struct GenerateResult: Codable, Sendable {
    public var picture: String
    public var versions: [String]
    public var seeds: [UInt64]
    public var sheet: String?
    public var notes: [String]
    public var seconds: Double

    public var lines: [String] {
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
    /// SHA-256 of adapters, control pictures and the picture begun from, by path.
    var files: [String: String]
    var machine = RunRecord.Machine.current
    var result: GenerateResult
}
