// Inpainting of images of any size in bounded memory, by windows.

public import Arrays
public import Images

extension LaMaModel {
    /// Fills the hole of an image of any size, as a sequence of states; the last one is the result.
    ///
    /// Only windows around the hole are processed. Pixels outside the hole are unchanged. An empty hole gives no
    /// states.
    /// - Parameters:
    ///   - image: `[1, height, width, 3]` in [0, 1], sRGB.
    ///   - mask: `[1, height, width, 1]`, above 0 inside the hole.
    public func inpaint(_ image: NDArray, mask: NDArray, tiling: LaMaTiling = LaMaTiling()) -> LaMaInpainting
    {
        LaMaInpainting(self, image, mask, tiling)
    }
}

/// The passes over one image.
public struct LaMaInpainting: Sequence, IteratorProtocol, Sendable {
    /// An image with part of its hole filled.
    public struct State: Sendable {
        /// Completed passes, from 1.
        public let step: Int
        /// Total number of passes.
        public let steps: Int
        /// The region of the hole that this pass filled.
        public let region: PixelRectangle
        /// The image so far, `[1, height, width, 3]`; unfilled pixels are those of the reduced pass or the input.
        public let picture: NDArray
    }

    private let model: LaMaModel
    private let tiling: LaMaTiling
    private let plan: TilePlan
    private let width: Int
    private var picture: NDArray
    /// Per pixel: whether it is part of the hole, and whether it is unfilled at full resolution.
    private let hole: [Bool]
    private var open: [Bool]
    private var done = 0

    init(_ model: LaMaModel, _ image: NDArray, _ mask: NDArray, _ tiling: LaMaTiling) {
        precondition(
            image.rank == 4 && image.shape[0] == 1 && image.shape[3] == 3
                && mask.shape == Array(image.shape.dropLast()) + [1],
            "LaMa: image \(image.shape) [1, height, width, 3] and mask \(mask.shape) [1, height, width, 1]")
        (self.model, self.tiling, picture, width) = (model, tiling, image, image.shape[2])
        hole = mask.withUnsafeBuffer { $0.map { $0 > 0 } }
        open = hole
        plan = TilePlan(hole: hole, width: width, height: image.shape[1], tiling: tiling)
    }

    /// Total number of passes.
    public var steps: Int { plan.steps.count + (plan.overview == nil ? 0 : 1) }

    public mutating func next() -> State? {
        guard done < steps else { return nil }
        let region: PixelRectangle
        if done == 0, let overview = plan.overview {
            region = overview.region
            run(overview)
        } else {
            let step = plan.steps[done - (plan.overview == nil ? 0 : 1)]
            region = step.core
            run(step)
        }
        done += 1
        return State(step: done, steps: steps, region: region, picture: picture)
    }

    // MARK: Passes

    /// The reduced pass; one of its pixels counts as hole if any of the pixels that it covers does.
    private mutating func run(_ overview: TilePlan.Overview) {
        let factor = overview.factor, region = overview.region
        let hole = weights(in: region) { open[$0] ? 1 : 0 }
        let small = picture.cropped(region).extended(toMultipleOf: factor, by: .symmetric)
            .pooled(size: factor, stride: factor, maximum: false)
        let smallHole = hole.extended(toMultipleOf: factor, by: .symmetric)
            .pooled(size: factor, stride: factor, maximum: true)
        let found = model.prediction(small, hole: smallHole, extension: .symmetric)
            .resizedBilinear(height: small.shape[1] * factor, width: small.shape[2] * factor)
        blend(found, weights: hole, region)
    }

    private mutating func run(_ step: TilePlan.Step) {
        let window = step.window, core = step.core
        let target = flags(in: window) { x, y, i in
            open[i] && core.columns.contains(x) && core.rows.contains(y)
        }
        // Pixels filled before are filled again near the target and blended.
        let reach = Float(tiling.overlap + 1)
        let distances = chessboardDistances(to: target, width: window.width)
        var k = 0
        let fade = weights(in: window) { i in
            defer { k += 1 }
            if distances[k] == 0 { return 1 }
            return hole[i] && !open[i] ? Swift.max(0, 1 - Float(distances[k]) / reach) : 0
        }
        let found = model.prediction(picture.cropped(window), hole: fade.binary(), extension: .symmetric)
        blend(found, weights: fade, window)
        for y in core.rows { for x in core.columns { open[y * width + x] = false } }
    }

    // MARK: Pixels

    private func flags(in area: PixelRectangle, _ body: (_ x: Int, _ y: Int, _ index: Int) -> Bool) -> [Bool]
    {
        area.rows.flatMap { y in area.columns.map { x in body(x, y, y * width + x) } }
    }

    /// `[1, height, width, 1]` over `area`, row by row.
    private func weights(in area: PixelRectangle, _ body: (_ index: Int) -> Float) -> NDArray {
        NDArray(shape: [1, area.height, area.width, 1]) { out in
            var k = 0
            for y in area.rows {
                for x in area.columns {
                    out[k] = body(y * width + x)
                    k += 1
                }
            }
        }
    }

    /// image ← image + weight * (found - image), where the weight is above 0.
    private mutating func blend(_ found: NDArray, weights: NDArray, _ area: PixelRectangle) {
        let width = self.width, row = found.shape[2]
        picture.withUnsafeMutableBuffer { out in
            found.withUnsafeBuffer { found in
                weights.withUnsafeBuffer { weights in
                    for y in 0..<area.height {
                        for x in 0..<area.width {
                            let weight = weights[y * area.width + x]
                            guard weight > 0 else { continue }
                            let target = 3 * ((area.top + y) * width + area.left + x),
                                source = 3 * (y * row + x)
                            for c in 0..<3 {
                                // A NaN in the previous value must not affect a weight of 1.
                                let rest = weight < 1 ? out[target + c] * (1 - weight) : 0
                                out[target + c] = rest + found[source + c] * weight
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Chessboard distance to the nearest set pixel, row by row; `Int.max / 2` if none is set.
func chessboardDistances(to flags: [Bool], width: Int) -> [Int] {
    guard width > 0 else { return [] }
    var distances = flags.map { $0 ? 0 : Int.max / 2 }
    let height = flags.count / width
    func relax(_ x: Int, _ y: Int, _ offsets: [(x: Int, y: Int)]) {
        for o in offsets where 0..<width ~= x + o.x && 0..<height ~= y + o.y {
            let through = distances[(y + o.y) * width + x + o.x] + 1
            if through < distances[y * width + x] { distances[y * width + x] = through }
        }
    }
    let before = [(x: -1, y: 0), (x: -1, y: -1), (x: 0, y: -1), (x: 1, y: -1)]
    let after = before.map { (x: -$0.x, y: -$0.y) }
    for y in 0..<height { for x in 0..<width { relax(x, y, before) } }
    for y in (0..<height).reversed() { for x in (0..<width).reversed() { relax(x, y, after) } }
    return distances
}
