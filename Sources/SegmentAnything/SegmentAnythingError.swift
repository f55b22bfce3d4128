// Errors of the segmenter's prompts.

/// An invalid prompt.
public struct SegmentAnythingError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The problem and the remedy, on one line.
    public let reason: String

    package init(_ reason: String) { self.reason = reason }

    public var description: String { reason }
}
