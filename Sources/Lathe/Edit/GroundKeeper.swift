// A drawn thing on the photograph's own ground.

import Arrays
import Compositing
import Images

/// Puts what a model drew into a hole on the ground that was there before.
///
/// A small model draws ground as coarse as everything else; the photograph's own, with LaMa's where the old thing was, is as
/// sharp as the rest. Segment Anything cuts the drawn thing out.
struct GroundKeeper {
    private let remover: LaMaFiller
    private let segmenter: Segmenter
    private let judge: PromptJudge?

    /// - Parameter models: with a captioner, it says whether a cut-out still shows what was asked for.
    /// - Throws: `LatheError` (`modelUnusable`) naming what is wrong with a model.
    init(_ models: ModelSet) throws {
        judge = models.has(.captioner) ? try PromptJudge(models) : nil
        remover = try LaMaFiller(models, refines: false)
        segmenter = try Segmenter(models)
    }

    /// The drawn thing before the photograph's ground.
    /// - Parameters:
    ///   - filled: the part of the picture round the hole, with the hole filled.
    ///   - picture: the same part as it was.
    ///   - hole: what may change.
    ///   - bare: the part of the hole that has no ground to show, with its feather.
    ///   - prompt: what was asked for.
    ///   - scale: picture pixels per pixel that was drawn.
    /// - Returns: opaque RGB; nil if nothing can be cut out that shows what was asked for about as well as the whole.
    func kept(
        _ filled: Image, _ picture: Image, hole: Mask, bare: EditHole, prompt: String, scale: Float,
        seed: UInt64, progress: FillProgress
    ) throws -> Image? {
        let things = try things(in: filled.seen, hole)
        guard !things.isEmpty, let box = hole.boundingBox else { return nil }
        let ground = try HolePainter(filler: remover, textures: true).paint(
            picture, bare, prompt: "", seed: seed, strength: 1
        ) { try progress($1) }
        let cutouts = try things.compactMap { try cutout($0, of: filled.seen, hole, scale) }
        let made = cutouts.map { $0.composited(over: ground.picture.seen).rgb }
        guard let judge else { return made.first }
        let view = box.expanded(by: max(box.width, box.height) / 8).clipped(
            width: filled.width, height: filled.height)
        func likelihood(_ picture: Image) throws -> Float {
            try judge.likelihood(of: prompt, in: picture.cropped(to: view))
        }
        // On white too: what else stands on the ground is no fault of the cut-out.
        let likelihoods = try zip(made, cutouts).map {
            max(try likelihood($0), try likelihood($1.composited(over: [1, 1, 1])))
        }
        guard let best = likelihoods.indices.max(by: { likelihoods[$0] < likelihoods[$1] }),
            likelihoods[best] >= (try likelihood(filled.seen)) - GroundKeeper.loss
        else { return nil }
        return made[best]
    }

    /// How much less likely the captioner may find the prompt, in mean log-probability of its tokens, for a sharp ground.
    private static let loss: Float = 0.05

    /// A thing with transparency round it, of the size of what it is cut out of.
    private func cutout(_ thing: Mask, of filled: Image, _ hole: Mask, _ scale: Float) throws -> Image? {
        // The outline is as soft as the drawing, and a little inside, where no drawn ground is mixed in.
        let opacity = thing.grown(by: -0.25 * scale).feathered(by: max(1.5, scale)).intersection(hole)
        guard opacity.area > 0 else { return nil }
        return try Cutout(colour: filled.pixels, mask: opacity.values)
            .inPlace(width: filled.width, height: filled.height)
    }

    /// What was drawn lies in the hole but for this share, and covers between these shares of the hole.
    private static let (outside, least, most) = (0.1, 0.05, 0.9)

    /// What may be the thing in a filled hole, asked for by the hole's box and by its middle.
    private func things(in filled: Image, _ hole: Mask) throws -> [Mask] {
        guard let box = hole.boundingBox else { return [] }
        var (whole, middle) = (Selection(), Selection())
        whole.boxes = [
            Selection.Box(
                x0: Float(box.left), y0: Float(box.top), x1: Float(box.right), y1: Float(box.bottom))
        ]
        middle.points = [
            Selection.Point(x: Float(box.left + box.right) / 2, y: Float(box.top + box.bottom) / 2)
        ]
        return try [whole, middle].compactMap { selection in
            let found: Mask
            do {
                found = Selector.withoutSpecks(try segmenter.find(selection, in: filled).mask.hardened)
            } catch let error as LatheError where error.code == .badInput {
                // The segmenter finds nothing at all there.
                return nil
            }
            let inside = Double(found.intersection(hole).area), share = inside / Double(max(1, hole.area))
            return inside >= (1 - GroundKeeper.outside) * Double(max(1, found.area))
                && (GroundKeeper.least...GroundKeeper.most).contains(share) ? found : nil
        }
    }
}
