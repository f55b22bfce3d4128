// What the user points at: clicks, boxes, a mask file, and what is done to the mask found.

/// A selection of one object in a picture, in pixels of the upright picture, origin at its top left.
public struct Selection: Codable, Sendable, Hashable {
    /// A click on the object (`isObject`) or on something that is not part of it.
    public struct Point: Codable, Sendable, Hashable {
        public var x: Float
        public var y: Float
        public var isObject: Bool

        public init(x: Float, y: Float, isObject: Bool = true) {
            (self.x, self.y, self.isObject) = (x, y, isObject)
        }
    }

    /// A half-open rectangle `x0 ..< x1`, `y0 ..< y1`.
    public struct Box: Codable, Sendable, Hashable {
        public var x0: Float
        public var y0: Float
        public var x1: Float
        public var y1: Float

        public init(x0: Float, y0: Float, x1: Float, y1: Float) {
            (self.x0, self.y0, self.x1, self.y1) = (x0, y0, x1, y1)
        }
    }

    /// How far the mask's edge moves outwards (negative: inwards).
    public enum Growth: Codable, Sendable, Hashable {
        case pixels(Float)
        /// Percent of the longer side of the mask's bounding box.
        case percent(Float)

        /// The distance in pixels for a mask whose bounding box has this longer side.
        public func pixels(longerSide: Int) -> Float {
            switch self {
            case .pixels(let pixels): pixels
            case .percent(let percent): percent / 100 * Float(longerSide)
            }
        }
    }

    /// Which of the segmenter's three answers to an ambiguous prompt is taken.
    public enum MaskIndex: Codable, Sendable, Hashable {
        /// The one the segmenter believes in most.
        case auto
        /// 0 is the smallest part, 2 the whole.
        case index(Int)
    }

    public var points: [Point] = []
    public var boxes: [Box] = []
    /// A mask file of the picture's size: any grey value above one half is the object.
    public var maskPath: String?
    public var maskIndex: MaskIndex = .auto
    public var growth: Growth?
    /// Standard deviation of the edge's softening, pixels.
    public var feather: Float = 0
    public var fillHoles = false
    /// Separate pieces smaller than this many pixels are dropped.
    public var smallestIsland = 0
    /// A mask file whose object is taken away from the selection.
    public var subtractPath: String?
    public var isInverted = false

    public init() {}

    /// Whether nothing is pointed at (what happens to the mask may still be set).
    public var isEmpty: Bool { points.isEmpty && boxes.isEmpty && maskPath == nil }

    /// Checks that clicks and boxes lie inside a picture.
    /// - Throws: `LatheError` (`badInput`) naming the first that does not.
    public func validate(width: Int, height: Int) throws {
        for point in points
        where !(point.x >= 0 && point.y >= 0 && point.x < Float(width) && point.y < Float(height)) {
            throw LatheError.badInput(
                "point \(point.label) lies outside the \(width) x \(height) picture; "
                    + "x runs from 0 to \(width - 1), y from 0 to \(height - 1)")
        }
        for box in boxes {
            guard box.x0 < box.x1, box.y0 < box.y1 else {
                throw LatheError.badInput("box \(box.label) is empty; it needs x0 < x1 and y0 < y1")
            }
            guard box.x0 >= 0, box.y0 >= 0, box.x1 <= Float(width), box.y1 <= Float(height) else {
                throw LatheError.badInput(
                    "box \(box.label) reaches outside the \(width) x \(height) picture")
            }
        }
        if !points.isEmpty, boxes.isEmpty, maskPath == nil, !points.contains(where: \.isObject) {
            throw LatheError.badInput("every point excludes; add a --point on the object itself")
        }
    }
}

extension Selection.Point {
    var label: String { "\(x.plain),\(y.plain)" }
}

extension Selection.Box {
    var label: String { "\(x0.plain),\(y0.plain),\(x1.plain),\(y1.plain)" }
}

extension Selection {
    /// This selection's mask handling with the clicks and boxes of another.
    public func pointing(atWhat other: Selection) -> Selection {
        var result = self
        result.points = other.points
        result.boxes = other.boxes
        result.maskPath = other.maskPath
        return result
    }
}
