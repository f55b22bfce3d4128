// Composites a filled object over the photograph's own ground.

import Arrays
import Compositing
import Images

/// Composites the object that a model drew into a hole over the original ground.
///
/// A small model's ground is blurred; the photograph's own, inpainted by LaMa where the old object was, is
/// not. Segment Anything cuts the drawn object out.
struct GroundKeeper {
    private let remover: LaMaFiller
    private let segmenter: Segmenter
    private let judge: PromptJudge?

    /// Opens the models.
    /// - Parameter session: gives an inpainter and a segmenter; a captioner, if there, checks that the cut-out
    ///   still shows the prompt.
    /// - Throws: `LatheError` (`modelUnusable`) naming what is wrong with a model.
    init(_ session: ModelSession) throws {
        judge = session.models.has(.captioner) ? try PromptJudge(session) : nil
        remover = try LaMaFiller(session, refines: false)
        segmenter = try Segmenter(session)
    }

    /// The drawn object over the photograph's ground.
    /// - Parameters:
    ///   - filled: a crop round the hole, with the hole filled.
    ///   - picture: the same crop before the edit.
    ///   - hole: the pixels that may change.
    ///   - bare: the part of the hole without original ground.
    ///   - prompt: of the fill.
    ///   - scale: picture pixels per working pixel.
    ///   - seed: of the inpainter.
    ///   - progress: as of ``HoleFiller``.
    /// - Returns: opaque RGB; nil if no cut-out has about the likelihood of the prompt that the whole fill
    ///   has.
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
        // Also over white, since other objects on the ground should not count against the cut-out.
        let likelihoods = try zip(made, cutouts).map {
            max(try likelihood($0), try likelihood($1.composited(over: [1, 1, 1])))
        }
        guard let best = likelihoods.indices.max(by: { likelihoods[$0] < likelihoods[$1] }),
            likelihoods[best] >= (try likelihood(filled.seen)) - GroundKeeper.loss
        else { return nil }
        return made[best]
    }

    /// Accepted loss of mean log-probability per token of the prompt.
    private static let loss: Float = 0.05

    /// A mask cut out with a soft edge, of the size of the picture.
    private func cutout(_ thing: Mask, of filled: Image, _ hole: Mask, _ scale: Float) throws -> Image? {
        // As soft as the drawing, and eroded slightly to exclude mixed pixels.
        let opacity = thing.grown(by: -0.25 * scale).feathered(by: max(1.5, scale)).intersection(hole)
        guard opacity.area > 0 else { return nil }
        return try Cutout(colour: filled.pixels, mask: opacity.values)
            .inPlace(width: filled.width, height: filled.height)
    }

    /// Bounds on a plausible object: its share outside the hole, and the least and most of the hole that it
    /// covers.
    private static let (outside, least, most) = (0.1, 0.05, 0.9)

    /// Candidate masks of the object, selected by the hole's bounding box and by its centre.
    private func things(in filled: Image, _ hole: Mask) throws -> [Mask] {
        guard let box = hole.boundingBox else { return [] }
        var (whole, middle) = (Selection(), Selection())
        whole.boxes = [
            Selection.Box(
                left: Float(box.left), top: Float(box.top), right: Float(box.right), bottom: Float(box.bottom)
            )
        ]
        middle.points = [
            Selection.Point(x: Float(box.left + box.right) / 2, y: Float(box.top + box.bottom) / 2)
        ]
        return try [whole, middle].compactMap { selection in
            let found: Mask
            do {
                found = Selector.withoutSpecks(try segmenter.find(selection, in: filled).mask.binarised)
            } catch let error as LatheError where error.code == .badInput {
                // The segmenter found nothing.
                return nil
            }
            let inside = Double(found.intersection(hole).area), share = inside / Double(max(1, hole.area))
            return inside >= (1 - GroundKeeper.outside) * Double(max(1, found.area))
                && (GroundKeeper.least...GroundKeeper.most).contains(share) ? found : nil
        }
    }
}
