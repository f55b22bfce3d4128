// What to segment: clicks, a box, an earlier mask, alone or together.

public import Arrays
public import Images

/// One object to segment, described in pixels of the image as it was given to `encode`.
public struct Prompt: Sendable {
    /// A click.
    public struct Point: Sendable, Hashable {
        public var x: Double
        public var y: Double
        /// Whether the click is on the object rather than on what surrounds it.
        public var isForeground: Bool

        public init(x: Double, y: Double, isForeground: Bool = true) {
            (self.x, self.y, self.isForeground) = (x, y, isForeground)
        }
    }

    /// A rectangle around the object.
    public typealias Box = Rectangle<Double>

    public var points: [Point]
    public var box: Box?
    /// `lowResolutionLogits` of an earlier prediction on the same image, to be refined.
    public var mask: NDArray?

    public init(points: [Point] = [], box: Box? = nil, mask: NDArray? = nil) {
        (self.points, self.box, self.mask) = (points, box, mask)
    }

    /// A single click leaves open whether a part or the whole is meant.
    var isAmbiguous: Bool { points.count == 1 && box == nil && mask == nil }
}

/// Which of the decoder's masks are wanted.
public enum MaskOutputs: Sendable, Hashable {
    /// The alternatives for a single click, the single-mask token for anything more definite, as published.
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
