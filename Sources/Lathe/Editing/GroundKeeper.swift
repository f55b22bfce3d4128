// A drawn thing on the photograph's own ground.

import Arrays
import Editing
import Images

/// What a filled thing stands on and before, inside the hole.
public enum FillGround: String, Codable, Sendable, CaseIterable {
    /// The photograph's own, continued by LaMa where the old thing was.
    case kept
    /// The diffusion model's.
    case drawn
}

/// Puts what a model drew into a hole on the ground that was there before.
///
/// A small model draws ground as coarse as everything else; the photograph's own, with LaMa's where the old thing was, is as
/// sharp as the rest. Segment Anything cuts the drawn thing out.
struct GroundKeeper {
    private let remover: LaMaFiller
    private let segmenter: Segmenter

    /// - Throws: `LatheError` (`modelUnusable`) naming what is wrong with the inpainter or the segmenter.
    init(_ models: ModelSet) throws {
        remover = try LaMaFiller(models, refines: false)
        segmenter = try Segmenter(models)
    }

    /// The drawn thing before the photograph's ground.
    /// - Parameters:
    ///   - filled: the part of the picture round the hole, with the hole filled.
    ///   - picture: the same part as it was.
    ///   - hole: what may change.
    ///   - bare: the part of the hole that has no ground to show, with its feather.
    ///   - scale: picture pixels per pixel that was drawn.
    /// - Returns: opaque RGB; nil if nothing can be told from what surrounds it.
    func kept(
        _ filled: Image, _ picture: Image, hole: Mask, bare: EditHole, scale: Float, seed: UInt64,
        progress: FillProgress
    ) throws -> Image? {
        guard let thing = try thing(in: filled.seen, hole) else { return nil }
        let ground = try HolePainter(filler: remover, textures: true).paint(
            picture, bare, prompt: "", seed: seed, strength: 1
        ) { try progress($1) }
        // The outline is as soft as the drawing, and a little inside, where no drawn ground is mixed in.
        let opacity = thing.grown(by: -0.25 * scale).feathered(by: max(1.5, scale)).intersection(hole)
        guard opacity.area > 0 else { return nil }
        let cutout = try Cutout(colour: filled.seen.pixels, mask: opacity.values)
        return cutout.inPlace(width: filled.width, height: filled.height)
            .composited(over: ground.picture.seen).rgb
    }

    /// What was drawn lies in the hole but for this share, and covers between these shares of the hole.
    private static let (outside, least, most) = (0.1, 0.05, 0.9)

    /// The thing in a filled hole, asked for by the hole's box, then by its middle.
    private func thing(in filled: Image, _ hole: Mask) throws -> Mask? {
        guard let box = hole.boundingBox else { return nil }
        var (whole, middle) = (Selection(), Selection())
        whole.boxes = [
            Selection.Box(
                x0: Float(box.left), y0: Float(box.top), x1: Float(box.right), y1: Float(box.bottom))
        ]
        middle.points = [
            Selection.Point(x: Float(box.left + box.right) / 2, y: Float(box.top + box.bottom) / 2)
        ]
        for selection in [whole, middle] {
            let found: Mask
            do {
                found = Selector.withoutSpecks(try segmenter.find(selection, in: filled).mask.hardened)
            } catch let error as LatheError where error.code == .badInput {
                // The segmenter finds nothing at all there.
                continue
            }
            let inside = Double(found.intersection(hole).area), share = inside / Double(max(1, hole.area))
            if inside >= (1 - GroundKeeper.outside) * Double(max(1, found.area)),
                (GroundKeeper.least...GroundKeeper.most).contains(share)
            {
                return found
            }
        }
        return nil
    }
}
