// Texture transfer from a hole's surroundings to a smooth fill.

import Arrays
import Foundation
public import Images

/// Adds the grain and sharp edges of the surroundings to the smooth fill of a hole.
///
/// A fill computed at a fraction of the picture's size has the right content but lacks detail. It guides a
/// search for source patches that match it when blurred, which replace it: guided PatchMatch (Zhang et al.
/// 2022, "Inpainting at modern camera resolution by guided PatchMatch with auto-curation"), that is, image
/// analogies (Hertzmann et al. 2001, section 3) solved coarse to fine by alternating search and vote (Wexler
/// et al. 2007, "Space-time completion of video", section 3).
public struct TextureTransfer: Sendable {
    /// Softness of the fill: standard deviation in pixels of the blur that makes the picture equally soft.
    public var softness: Float
    /// Seed of the random search.
    public var seed: UInt64

    /// See the properties.
    public init(softness: Float, seed: UInt64) {
        precondition(softness > 0, "TextureTransfer: softness \(softness)")
        (self.softness, self.seed) = (softness, seed)
    }

    /// Adds texture to the hole of a picture.
    ///
    /// A fill about as rough as the rest of the picture is returned unchanged, and so is one with too few
    /// source patches.
    /// - Parameters:
    ///   - picture: RGB, the hole filled.
    ///   - hole: the filled pixels.
    ///   - progress: called with the rounds done and the total; what it throws ends the work.
    /// - Returns: the picture, changed inside the hole only.
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
                // Only the matches are upsampled. The coarse result, enlarged, would be soft and match soft
                // parts of the picture best.
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

    /// Rounds of search and vote at each scale; the first, coarsest one decides the layout.
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

    /// Scales relative to the picture, each twice the previous; at the first the hole is 64 to 128 pixels
    /// long.
    ///
    /// Coarser ones leave too few source patches.
    private func scales(longest: Int) -> [Float] {
        let halvings = max(0, min(6, Int(log2f(Float(longest) / 64))))
        return (0...halvings).reversed().map { 1 / Float(1 << $0) }
    }
}

/// The picture at one scale.
private struct Level {
    let width: Int
    let height: Int
    let hole: [Bool]
    /// Distance to the rest of the picture in pixels; 0 outside the hole.
    let depths: [Float]
    /// As of ``PatchPicture``.
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

    /// Confidence of each pixel's colours.
    ///
    /// At the first scale confidence grows inwards from the border round by round; before that only the
    /// blurred colours of the fill are trusted.
    /// - Parameter round: of the first scale; nil at the others, which start from matches and trust all
    ///   pixels.
    /// - Returns: 0 … 1 per pixel.
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
