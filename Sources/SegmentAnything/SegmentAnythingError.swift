// What a user can ask of the segmenter that it cannot do, in one line.

/// A prompt that cannot be answered.
public struct SegmentAnythingError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong and what to do, on one line.
    public let reason: String

    package init(_ reason: String) { self.reason = reason }

    public var description: String { reason }
}
