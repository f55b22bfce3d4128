// Prompts: clicks, a box, an earlier mask, alone or combined.

public import Arrays
public import Images

/// A prompt for one object, in pixels of the image given to `encode`.
public struct Prompt: Sendable {
    /// A click.
    public struct Point: Sendable, Hashable {
        public var x: Double
        public var y: Double
        /// Whether the click is on the object rather than on the background.
        public var isForeground: Bool

        public init(x: Double, y: Double, isForeground: Bool = true) {
            (self.x, self.y, self.isForeground) = (x, y, isForeground)
        }
    }

    /// A rectangle around the object.
    public typealias Box = Rectangle<Double>

    public var points: [Point]
    public var box: Box?
    /// `lowResolutionLogits` of an earlier prediction on the same image, for refinement.
    public var mask: NDArray?

    public init(points: [Point] = [], box: Box? = nil, mask: NDArray? = nil) {
        (self.points, self.box, self.mask) = (points, box, mask)
    }

    /// With a single click it is ambiguous whether a part or the whole is meant.
    var isAmbiguous: Bool { points.count == 1 && box == nil && mask == nil }
}

/// Which of the decoder's masks to return.
public enum MaskOutputs: Sendable, Hashable {
    /// The alternatives for a single click, the single-mask token for less ambiguous prompts, as published.
    case automatic
    /// Only the single-mask token.
    case single
    /// Only the alternatives: whole, part, subpart.
    case alternatives

    func indices(count: Int, isAmbiguous: Bool) -> Range<Int> {
        switch self {
        case .single: 0..<1
        case .alternatives: 1..<count
        case .automatic: isAmbiguous ? 1..<count : 0..<1
        }
    }
}
