// SAM on a photograph: once on the whole of it, then on close-ups of what was found.

import Arrays
import Compositing
import Foundation
import Images
import SegmentAnything

/// Finds objects with a SAM model.
struct Segmenter {
    private let session: ModelSession
    private let model: any PromptableSegmenter

    /// How a small object is approached.
    ///
    /// Each look has the side of its window in sides of the object, and the least overlap with
    /// what was found before. The first, wider look may mend the mask, the second is for its outline.
    private static let approach: [(window: Double, agreement: Float)] = [(1.5, 0.6), (1.2, 0.75)]
    /// An object that is as many patches long as this is not asked for again.
    private static let enoughPatches = 24

    /// - Throws: `LatheError` (`modelUnusable`) naming what is wrong with the model.
    init(_ session: ModelSession) throws {
        self.session = session
        model = try session.segmenter()
    }

    /// The object under the clicks; boxes are answered one by one and joined.
    func find(_ selection: Selection, in photograph: Image) throws -> FoundMask {
        try LatheError.asking(.badInput) {
            let embedding = try session.embedding(of: photograph)
            var found: FoundMask?
            var idle = true
            for prompt in prompts(selection) {
                var next = try best(of: prompt, selection.maskIndex, on: embedding)
                if try excludes(prompt, next, selection.maskIndex, on: embedding) { idle = false }
                for step in Segmenter.approach {
                    next = try closeUp(next, step, prompt, in: photograph, embedding) ?? next
                }
                if let earlier = found {
                    next.mask = earlier.mask.union(next.mask)
                    next.score = min(earlier.score ?? 1, next.score ?? 1)
                    next.answers = earlier.answers
                }
                found = next
            }
            guard var found, found.mask.area > 0 else {
                throw LatheError.badInput(
                    "the segmenter found nothing there; click on the middle of the object or add a \(.boxes)")
            }
            // One mask of a large picture takes hundreds of megabytes: each step replaces the one before.
            found.mask = found.mask.binarised
            if let box = found.mask.boundingBox {
                Outline(
                    photograph: photograph, cell: cell(max(box.width, box.height), in: photograph)
                ).refine(&found.mask, clicks: selection.clicks)
            }
            found.notes += remarks(on: selection, isIdle: idle, found.mask)
            // Specks and pinholes are noise of the segmenter, not parts of objects.
            let area = found.mask.area
            // Binarise before feathering: the logits are confidence, not alpha.
            found.mask = found.mask.binarised
            found.mask = found.mask.removingSpecks(below: 50)
            found.mask = found.mask.fillingHoles(upTo: area / 200)
            found.mask = found.mask.feathered(by: 1.5)
            return found
        }
    }

    private func prompts(_ selection: Selection) -> [Prompt] {
        let points = selection.points.map {
            Prompt.Point(x: Double($0.x), y: Double($0.y), isForeground: $0.isObject)
        }
        guard !selection.boxes.isEmpty else { return [Prompt(points: points)] }
        return selection.boxes.map { box in
            // With several boxes a click belongs to the box that it lies in.
            let inside = points.filter {
                selection.boxes.count == 1
                    || (Float($0.x) >= box.left && Float($0.x) < box.right && Float($0.y) >= box.top
                        && Float($0.y) < box.bottom)
            }
            return Prompt(
                points: inside,
                box: Prompt.Box(
                    left: Double(box.left), top: Double(box.top), right: Double(box.right),
                    bottom: Double(box.bottom)))
        }
    }

    /// Whether the clicks on what is not part of the object change the mask of a prompt.
    private func excludes(
        _ prompt: Prompt, _ found: FoundMask, _ index: Selection.MaskIndex, on embedding: any PictureEmbedding
    ) throws -> Bool {
        var rest = prompt
        rest.points.removeAll { !$0.isForeground }
        guard rest.points.count < prompt.points.count, prompt.box != nil || !rest.points.isEmpty else {
            return false
        }
        let without = try best(of: rest, index, on: embedding).mask.binarised
        return found.mask.binarised.intersectionOverUnion(without) < 0.999
    }

    /// What is worth a word about clicks on what is not part of the object.
    private func remarks(on selection: Selection, isIdle: Bool, _ mask: Mask) -> [String] {
        let clicks = selection.points.filter { !$0.isObject }
        guard !clicks.isEmpty else { return [] }
        let inside = mask.inside
        let missed = clicks.first { click in
            let (x, y) = (min(Int(click.x), mask.width - 1), min(Int(click.y), mask.height - 1))
            return inside[y * mask.width + x]
        }
        if let missed {
            return [
                "the selection still covers the click at \(missed.label); click on what belongs to the object instead, or draw a smaller box"
            ]
        }
        guard isIdle else { return [] }
        return [
            "the \(clicks.count == 1 ? "click" : "clicks") on what is not part of the object changed nothing: the selection is the same without"
        ]
    }

    private func best(
        of prompt: Prompt, _ index: Selection.MaskIndex, on embedding: any PictureEmbedding
    ) throws -> FoundMask {
        let predictions: [MaskPrediction]
        switch index {
        case .auto: predictions = try embedding.predict(prompt, outputs: .automatic)
        case .index: predictions = try embedding.predict(prompt, outputs: .alternatives)
        }
        let chosen: MaskPrediction?
        switch index {
        case .auto: chosen = predictions.max { $0.iou < $1.iou }
        case .index(let number): chosen = number < predictions.count ? predictions[number] : nil
        }
        guard let chosen else {
            throw LatheError.badInput(
                "the segmenter gives \(predictions.count) masks; \(.maskIndex) must be below that")
        }
        return FoundMask(
            mask: Segmenter.mask(chosen.logits), score: Double(chosen.iou),
            answers: predictions.map { answer in { Segmenter.mask(answer.logits) } })
    }

    /// Asks again with a box round what was found, on the part of the photograph round it, where its edge has more
    /// pixels.
    /// - Returns: nil where that finds something else, or the first answer was fine enough.
    private func closeUp(
        _ found: FoundMask, _ step: (window: Double, agreement: Float), _ prompt: Prompt,
        in photograph: Image, _ embedding: any PictureEmbedding
    ) throws -> FoundMask? {
        guard let box = found.mask.largestIslandBox else { return nil }
        let side = max(box.width, box.height)
        guard isCoarse(side, in: photograph) else { return nil }
        let window = square(round: box, side: Int(Double(side) * step.window) + 8, in: photograph)
        let (dx, dy) = (Double(window.left), Double(window.top))
        let (width, height) = (Double(window.width), Double(window.height))
        let points = prompt.points.map {
            Prompt.Point(x: $0.x - dx, y: $0.y - dy, isForeground: $0.isForeground)
        }
        .filter { $0.x >= 0 && $0.y >= 0 && $0.x < width && $0.y < height }
        let margin = Double(side) * 0.02
        let near = Prompt(
            points: points,
            box: Prompt.Box(
                left: max(0, Double(box.left) - dx - margin), top: max(0, Double(box.top) - dy - margin),
                right: min(width, Double(box.right) - dx + margin),
                bottom: min(height, Double(box.bottom) - dy + margin)))
        let fillsPhotograph = window.width == photograph.width && window.height == photograph.height
        let seen = fillsPhotograph ? embedding : model.embed(photograph.cropped(to: window))
        guard let best = try seen.predict(near, outputs: .automatic).max(by: { $0.iou < $1.iou }) else {
            return nil
        }
        var whole = Mask(width: photograph.width, height: photograph.height, value: 0).image
        whole.paste(Segmenter.mask(best.logits).image, left: window.left, top: window.top)
        let refined = Mask(whole.pixels.reshaped([photograph.height, photograph.width]))
        // A close-up that disagrees has lost the object.
        guard refined.intersectionOverUnion(found.mask) > step.agreement else { return nil }
        return FoundMask(
            mask: refined, score: max(Double(best.iou), found.score ?? 0), answers: found.answers)
    }

    /// Photograph pixels to a cell of the model's answer, at its last look at an object of `side` pixels.
    private func cell(_ side: Int, in photograph: Image) -> Float {
        let long = Double(max(photograph.width, photograph.height))
        let closest = Segmenter.approach.map(\.window).min() ?? 1
        let window = isCoarse(side, in: photograph) ? min(long, Double(side) * closest) : long
        // The model answers with four cells to a patch.
        return Float(window / Double(4 * model.grid))
    }

    /// Whether an object of `side` pixels has so few patches that a closer look is worth it.
    private func isCoarse(_ side: Int, in photograph: Image) -> Bool {
        side * model.grid / max(photograph.width, photograph.height)
            < Segmenter.enoughPatches
    }

    private func square(round box: PixelRectangle, side: Int, in photograph: Image) -> PixelRectangle {
        let (x, y) = ((box.left + box.right) / 2, (box.top + box.bottom) / 2)
        return PixelRectangle(
            left: x - side / 2, top: y - side / 2, right: x + side / 2, bottom: y + side / 2
        )
        .clipped(width: photograph.width, height: photograph.height)
    }

    /// Log-odds to a soft mask.
    private static func mask(_ logits: NDArray) -> Mask {
        var values = logits
        values.withUnsafeMutableBuffer { values in
            for i in values.indices { values[i] = 1 / (1 + exp(-max(-30, min(30, values[i])))) }
        }
        return Mask(values)
    }
}
