// The selection of an object: clicks, boxes or a mask file, and the post-processing of its mask.

public import Images

/// A selection of one object, in pixels of the upright picture, origin at its top left corner.
public struct Selection: Sendable, Hashable {
    /// A click with a label.
    public struct Point: Codable, Sendable, Hashable {
        /// Pixels from the left edge.
        public var x: Float
        /// Pixels from the top edge.
        public var y: Float
        /// Whether the object is there, or something else.
        public var isObject: Bool

        /// See the properties.
        public init(x: Float, y: Float, isObject: Bool = true) {
            (self.x, self.y, self.isObject) = (x, y, isObject)
        }
    }

    /// A half-open rectangle, pixels.
    public typealias Box = Rectangle<Float>

    /// Dilation of the mask (negative: erosion).
    public enum Growth: Codable, Sendable, Hashable {
        /// Radius in pixels.
        case pixels(Float)
        /// Percent of the longer side of the mask's bounding box.
        case percent(Float)

        /// The radius in pixels for a mask whose bounding box has this longer side.
        public func pixels(longerSide: Int) -> Float {
            switch self {
            case .pixels(let pixels): pixels
            case .percent(let percent): percent / 100 * Float(longerSide)
            }
        }
    }

    /// Which of the segmenter's three masks of an ambiguous prompt is used.
    public enum MaskIndex: Codable, Sendable, Hashable {
        /// The one with the highest predicted IoU.
        case auto
        /// 0 is the smallest part, 2 the whole object.
        case index(Int)
    }

    /// Clicks on the object and off it.
    public var points: [Point] = []
    /// Boxes; the masks of several are joined.
    public var boxes: [Box] = []
    /// A mask file of the picture's size, without clicks and boxes; values above one half are the object.
    public var maskPath: String?
    /// Which of the segmenter's masks is used.
    public var maskIndex: MaskIndex = .auto
    /// Dilation or erosion of the mask; nil for none.
    public var growth: Growth?
    /// Standard deviation of the Gaussian that softens the edge, pixels.
    public var feather: Float = 0
    /// Whether holes in the mask are filled.
    public var fillHoles = false
    /// Connected components with fewer pixels are removed.
    public var smallestIsland = 0
    /// A mask file that is subtracted from the selection.
    public var subtractPath: String?
    /// Whether the mask is inverted in the end.
    public var isInverted = false

    /// An empty selection.
    public init() {}

    /// Whether there are neither clicks nor boxes nor a mask file.
    public var isEmpty: Bool { points.isEmpty && boxes.isEmpty && maskPath == nil }

    /// Checks that clicks and boxes lie inside a picture.
    /// - Parameters:
    ///   - width: of the picture in pixels.
    ///   - height: of the picture in pixels.
    /// - Throws: `LatheError` (`badInput`) naming the first that does not.
    public func validate(width: Int, height: Int) throws {
        for point in points
        where !(point.x >= 0 && point.y >= 0 && point.x < Float(width) && point.y < Float(height)) {
            throw LatheError.badInput(
                "point \(point.label) lies outside the \(width) x \(height) picture; "
                    + "x runs from 0 to \(width - 1), y from 0 to \(height - 1)")
        }
        for box in boxes {
            guard box.left < box.right, box.top < box.bottom else {
                throw LatheError.badInput("box \(box.label) is empty; it needs x0 < x1 and y0 < y1")
            }
            guard box.left >= 0, box.top >= 0, box.right <= Float(width), box.bottom <= Float(height) else {
                throw LatheError.badInput(
                    "box \(box.label) reaches outside the \(width) x \(height) picture")
            }
        }
        if !points.isEmpty, boxes.isEmpty, maskPath == nil, !points.contains(where: \.isObject) {
            throw LatheError.badInput("every point excludes; add a \(.points) on the object itself")
        }
    }
}

extension Selection.Point {
    var label: String { "\(x.plain),\(y.plain)" }
}

extension Selection.Box {
    var label: String { "\(left.plain),\(top.plain),\(right.plain),\(bottom.plain)" }
}

extension Selection {
    /// This selection's post-processing with the clicks, boxes and mask file of another.
    package func pointing(atWhat other: Selection) -> Selection {
        var result = self
        result.points = other.points
        result.boxes = other.boxes
        result.maskPath = other.maskPath
        return result
    }
}
