// What an edit leaves.

public import Compositing

/// The files of an edit and what was measured on the way.
public struct EditResult: Codable, Sendable {
    /// One version.
    public struct Version: Codable, Sendable {
        public var picture: String
        public var seed: UInt64
        /// Steps at the border of the hole, per object: in the result, in the photograph, in what the model made; 8-bit levels.
        public var seams: [Seam.Steps]
    }

    /// What `--check` found where an object was.
    public struct Remainder: Codable, Sendable {
        /// Whether something is still there.
        public var isThere: Bool
        /// Share of the hole that the segmenter takes for an object when asked at the old place.
        public var share: Double
    }

    /// The picture: the first version.
    public var picture: String
    public var versions: [Version]
    /// All versions side by side; nil if there is one.
    public var sheet: String?
    /// Prompts as used, per object.
    public var prompts: [String]
    /// Share of the result's pixels that could change, 0 … 1.
    public var coverage: Double
    public var remainders: [Remainder]
    public var notes: [String]
    public var seconds: Double

    /// The result for a person.
    public var lines: [String] {
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
