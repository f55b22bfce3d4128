// Planning of windows over a large image: order and region filled by each.

package import Images

/// Size of the windows that a pass processes.
public struct LaMaTiling: Sendable, Hashable {
    /// A pass covers at most the pixels of a square of this side; memory and time of a pass are proportional to its
    /// area.
    ///
    /// The published network was trained on crops of 256 pixels; holes much larger than that benefit from `refine`.
    public var window: Int
    /// Minimum context around the region that a window fills, in pixels, except at the image's border.
    public var context: Int
    /// Pixels over which a window's result is blended with earlier ones.
    public var overlap: Int

    /// - Precondition: the context leaves a region to fill: `2 * context < window`.
    public init(window: Int = 1024, context: Int = 192, overlap: Int = 32) {
        precondition(
            window >= 16 && context >= 0 && overlap >= 0 && 2 * context < window,
            "LaMaTiling: window \(window), context \(context), overlap \(overlap)")
        (self.window, self.context, self.overlap) = (window, context, overlap)
    }
}

/// The windows of one image.
///
/// A hole that fits one pass with its context gets one pass with as much context as possible. Otherwise cores, as
/// large as window and context allow, cover the hole from the top left, each with a window of its own. If a window
/// contains unfilled pixels outside its core, a pass over the downscaled hole comes first and initialises them, so
/// that windows continue a common structure instead of inventing one.
package struct TilePlan: Sendable, Equatable {
    /// One full-resolution pass.
    package struct Step: Sendable, Equatable {
        /// The network's input.
        package let window: PixelRectangle
        /// The region in the hole where its result is used.
        package let core: PixelRectangle
    }

    /// The reduced pass.
    package struct Overview: Sendable, Equatable {
        package let region: PixelRectangle
        /// Pixels averaged per side.
        package let factor: Int
    }

    package private(set) var steps: [Step] = []
    package private(set) var overview: Overview?

    /// - Parameter hole: `height * width` flags.
    package init(hole: [Bool], width: Int, height: Int, tiling: LaMaTiling) {
        let picture = PixelRectangle(left: 0, top: 0, right: width, bottom: height)
        guard let bounds = Self.bounds(of: hole, width: width, within: picture) else { return }
        let limit = tiling.window * tiling.window
        if let window = Self.widest(around: bounds, in: picture, from: tiling.context, pixels: limit) {
            steps = [Step(window: window, core: bounds)]
            return
        }
        var open = hole, cut = false, row = bounds.top
        func side(_ extent: Int) -> Int {
            extent <= tiling.window ? extent : tiling.window - 2 * tiling.context
        }
        while let first = (row..<bounds.bottom).first(where: { y in
            open[y * width + bounds.left..<y * width + bounds.right].contains(true)
        }) {
            row = first
            var strip = bounds
            strip.top = first
            strip.bottom = min(bounds.bottom, first + side(height))
            guard let left = Self.bounds(of: open, width: width, within: strip)?.left else { break }
            strip.left = left
            strip.right = min(bounds.right, left + side(width))
            guard let core = Self.bounds(of: open, width: width, within: strip) else { break }
            let window = Self.window(around: core, in: picture, side: tiling.window)
            for y in core.rows { for x in core.columns { open[y * width + x] = false } }
            cut = cut || Self.bounds(of: open, width: width, within: window) != nil
            steps.append(Step(window: window, core: core))
        }
        if cut { overview = Self.overview(of: bounds, in: picture, context: tiling.context, pixels: limit) }
    }

    // MARK: Rectangles

    /// The smallest rectangle around the set pixels inside `area`, nil if there are none.
    private static func bounds(
        of flags: [Bool], width: Int, within area: PixelRectangle
    ) -> PixelRectangle? {
        var (left, right, top, bottom) = (area.right, area.left, area.bottom, area.top)
        flags.withUnsafeBufferPointer { flags in
            for y in area.rows {
                let line = UnsafeBufferPointer(
                    rebasing: flags[y * width + area.left..<y * width + area.right])
                guard let first = line.firstIndex(of: true), let last = line.lastIndex(of: true) else {
                    continue
                }
                (left, right) = (min(left, area.left + first), max(right, area.left + last + 1))
                (top, bottom) = (min(top, y), y + 1)
            }
        }
        return left < right ? PixelRectangle(left: left, top: top, right: right, bottom: bottom) : nil
    }

    /// `bounds` with the largest margin, at least `context`, within the number of pixels; nil if none is.
    private static func widest(
        around bounds: PixelRectangle, in picture: PixelRectangle, from context: Int, pixels: Int
    ) -> PixelRectangle? {
        func grown(_ margin: Int) -> PixelRectangle {
            bounds.expanded(by: margin).clipped(width: picture.right, height: picture.bottom)
        }
        var best: PixelRectangle?, margin = context
        while true {
            let window = grown(margin)
            guard window.width * window.height <= pixels else { return best }
            if window == best || window == picture { return window }
            best = window
            margin += 16
        }
    }

    /// A window of `side`, or the image if it is smaller, centred on `core` as far as the image allows.
    private static func window(
        around core: PixelRectangle, in picture: PixelRectangle, side: Int
    ) -> PixelRectangle {
        func start(_ middle: Int, _ extent: Int, _ length: Int) -> Int {
            max(0, min(extent - length, middle - length / 2))
        }
        let (w, h) = (min(side, picture.width), min(side, picture.height))
        let left = start((core.left + core.right) / 2, picture.width, w)
        let top = start((core.top + core.bottom) / 2, picture.height, h)
        return PixelRectangle(left: left, top: top, right: left + w, bottom: top + h)
    }

    /// The hole with a margin of half its extent, downscaled to fit one pass.
    private static func overview(
        of bounds: PixelRectangle, in picture: PixelRectangle, context: Int, pixels: Int
    ) -> Overview {
        let margin = max(context, max(bounds.width, bounds.height) / 2)
        let region = bounds.expanded(by: margin).clipped(width: picture.right, height: picture.bottom)
        var factor = 1
        func reduced(_ extent: Int) -> Int { (extent + factor - 1) / factor }
        while reduced(region.width) * reduced(region.height) > pixels { factor += 1 }
        return Overview(region: region, factor: factor)
    }
}
