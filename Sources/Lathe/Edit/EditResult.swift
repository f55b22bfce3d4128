// The result of an edit.

public import Compositing

/// The files of an edit with measurements.
public struct EditResult: Codable, Sendable {
    /// One version of the result.
    public struct Version: Codable, Sendable {
        /// Path of the picture.
        public var picture: String
        /// Seed of this version.
        public var seed: UInt64
        /// Steps across the border of each object's hole, in 8-bit levels.
        public var seams: [Seam.Steps]
    }

    /// What was found when an object was selected again after its removal.
    public struct Remainder: Codable, Sendable {
        /// Whether something is still there.
        public var isThere: Bool
        /// Share of the hole covered by the new selection, 0 … 1.
        public var share: Double
    }

    /// Path of the first version.
    public var picture: String
    /// All versions.
    public var versions: [Version]
    /// Path of the contact sheet of all versions; nil if there is one.
    public var sheet: String?
    /// The prompts used, per hole.
    public var prompts: [String]
    /// Area of the holes as a share of the result, 0 … 1.
    public var coverage: Double
    /// Per object, if asked for; see ``EditOptions/checks``.
    public var remainders: [Remainder]
    /// Remarks for the user.
    public var notes: [String]
    /// Duration in seconds.
    public var seconds: Double

    /// The result as lines of text.
    package var lines: [String] {
        var lines =
            versions.count > 1
            ? versions.map { "version \($0.picture)  (seed \($0.seed))" } : ["picture \(picture)"]
        if let sheet { lines.append("sheet   \(sheet)") }
        for remainder in remainders {
            let percent = Int((remainder.share * 100).rounded())
            lines.append(
                remainder.isThere
                    ? "check   something is still there (\(percent) % of the hole); grow the mask or select again"
                    : "check   nothing is left")
        }
        return lines
    }
}
