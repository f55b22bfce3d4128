// Texture for a smooth fill, from what surrounds it.

import Arrays
import Foundation
public import Images

/// Gives the smooth inside of a hole the grain and the sharp edges of the picture round it.
///
/// A model that works at a fraction of the picture's size, or a small one, knows what belongs where but draws it soft.
/// What it drew guides a search for patches of the picture that look the same once they are blurred, and these are laid in
/// its place: guided PatchMatch (Zhang et al. 2022, "Inpainting at modern camera resolution by guided PatchMatch with
/// auto-curation"), which is image analogies (Hertzmann et al. 2001, section 3) solved from coarse to fine by search and
/// vote in turn (Wexler et al. 2007, "Space-time completion of video", section 3).
public struct TextureTransfer: Sendable {
    /// What the fill lacks: it is about as soft as the picture blurred by this standard deviation, in pixels.
    public var softness: Float
    public var seed: UInt64

    public init(softness: Float, seed: UInt64) {
        precondition(softness > 0, "TextureTransfer: softness \(softness)")
        (self.softness, self.seed) = (softness, seed)
    }

    /// A picture with texture in its hole.
    ///
    /// A fill that is about as rough as the rest of the picture stays as it is, and so does one with too little round it.
    /// - Parameters:
    ///   - picture: RGB, the hole filled.
    ///   - progress: called with the rounds done and of all; what it throws ends the work.
    public func textured(_ picture: Image, hole: Mask, progress: (Int, Int) throws -> Void) rethrows -> Image
    {
        precondition(
            picture.channels == 3 && hole.width == picture.width && hole.height == picture.height,
            "TextureTransfer: \(picture.pixels.shape) with a hole of \(hole.width)×\(hole.height)")
        guard let box = hole.boundingBox, !TextureTransfer.isRough(picture, hole) else { return picture }
        let sizes = scales(longest: max(box.width, box.height))
        let total = sizes.indices.reduce(0) { $0 + TextureTransfer.rounds($1) }
        var random = RandomStream(seed: seed, stream: "texture")
        let roughness = PatchRoughness(
            picture, hole: hole, reach: max(1, 0.5 * Float(1 << (sizes.count - 1))))
        var (coarse, made, done) = (PatchField?.none, Image?.none, 0)
        for (index, scale) in sizes.enumerated() {
            let level = Level(picture, hole, scale: scale, softness: softness, roughness)
            guard
                var field = PatchField(
                    hole: level.hole, width: level.width, height: level.height, random: &random)
            else { continue }
            var cells = level.cells
            let isFirst = coarse == nil, isLast = index == sizes.count - 1
            if let coarse {
                // Patches of this size where the smaller ones lay. What was made of these, enlarged, would be soft, and soft
                // parts of the picture the likest to it.
                field.take(from: coarse)
                cells = field.voted(
                    cells, hole: level.hole, shares: level.trust(round: nil), within: PatchPicture.reach)
            }
            let rounds = TextureTransfer.rounds(index)
            for round in 0..<rounds {
                let trust = level.trust(round: isFirst ? round : nil)
                let patches = PatchPicture(
                    cells: cells, trust: trust, width: level.width, height: level.height)
                field.improve(
                    in: patches, passes: 3,
                    reach: index < 3 ? max(level.width, level.height) : 32, random: &random)
                cells = field.voted(
                    cells, hole: level.hole, shares: trust,
                    within: isLast && round == rounds - 1 ? 1 : PatchPicture.reach)
                done += 1
                try progress(done, total)
            }
            if isLast { made = level.picture(cells) }
            coarse = field
        }
        return made ?? picture
    }

    /// How often search and vote take turns at a size; the first, smallest one decides what goes where.
    private static func rounds(_ index: Int) -> Int { [14, 3, 2][min(index, 2)] }

    /// Whether the hole has at least half of the finest detail of the rest.
    private static func isRough(_ picture: Image, _ hole: Mask) -> Bool {
        let (sharp, soft) = (picture.pixels.scalars, gaussianBlurred(picture.pixels, sigma: 1).scalars)
        var (sums, counts) = (SIMD2<Double>.zero, SIMD2<Double>.zero)
        for (pixel, isHole) in hole.inside.enumerated() {
            let side = isHole ? 0 : 1
            counts[side] += 1
            for i in 3 * pixel..<3 * pixel + 3 {
                let difference = Double(sharp[i] - soft[i])
                sums[side] += difference * difference
            }
        }
        return counts[1] == 0 || sums[0] * counts[1] >= 0.5 * sums[1] * counts[0]
    }

    /// Sizes relative to the picture, each twice the one before, the first with a hole of 64 to 128 pixels: at smaller ones
    /// too few patches are left beside it.
    private func scales(longest: Int) -> [Float] {
        let halvings = max(0, min(6, Int(log2f(Float(longest) / 64))))
        return (0...halvings).reversed().map { 1 / Float(1 << $0) }
    }
}

/// The picture at one size.
private struct Level {
    let width: Int
    let height: Int
    let hole: [Bool]
    /// Distances to the rest of the picture, in pixels; 0 outside of the hole.
    let depths: [Float]
    /// As ``PatchPicture`` takes them.
    let cells: [SIMD8<Float>]

    init(_ picture: Image, _ hole: Mask, scale: Float, softness: Float, _ roughness: PatchRoughness) {
        let small = scale == 1 ? picture : picture.scaled(scale)
        (width, height) = (small.width, small.height)
        let touched = hole.touching(width: width, height: height)
        (self.hole, depths) = (touched.inside, touched.depths)
        let colours = small.pixels.scalars, rough = roughness.values(width: width, height: height)
        let blurred = gaussianBlurred(small.pixels, sigma: max(0.8, softness * scale)).scalars
        cells = (0..<width * height).map { i in
            SIMD8(
                colours[3 * i], colours[3 * i + 1], colours[3 * i + 2], rough[3 * i],
                blurred[3 * i], blurred[3 * i + 1], blurred[3 * i + 2], rough[3 * i + 1])
        }
    }

    /// How far each pixel's colours count.
    ///
    /// What is laid at the border comes to count round by round, so that the picture grows inwards; before that the model's
    /// colours are known as far as the blur leaves them.
    /// - Parameter round: of the first size; nil at the others, which begin from patches and trust all of them.
    func trust(round: Int?) -> [Float] {
        guard let round else { return depths.map { _ in 1 } }
        let reached = Float(round * PatchPicture.reach)
        return depths.map { depth in
            depth == 0 ? 1 : depth <= reached ? max(0.1, powf(0.9, depth)) : 0
        }
    }

    /// The colours of `cells`.
    func picture(_ cells: [SIMD8<Float>]) -> Image {
        Image(
            NDArray(shape: [height, width, 3]) { out in
                for (i, cell) in cells.enumerated() {
                    (out[3 * i], out[3 * i + 1], out[3 * i + 2]) = (cell[0], cell[1], cell[2])
                }
            })
    }
}

extension Image {
    fileprivate func scaled(_ scale: Float) -> Image {
        resized(
            width: max(1, Int(Float(width) * scale)), height: max(1, Int(Float(height) * scale)), filter: .box
        )
    }
}
