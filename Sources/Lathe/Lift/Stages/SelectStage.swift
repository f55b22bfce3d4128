// Cutting the object out of the photograph.

import Compositing

struct SelectStage: LiftStageWork {
    let stage = LiftStage.select

    func seconds(_ estimate: LiftEstimate) -> Double { 0.3 * estimate.scale(.segmenter) }

    func work(_ estimate: LiftEstimate) -> String {
        estimate.options.selection.isEmpty ? "from the picture's transparency" : "segmenter"
    }

    func advance(_ run: LiftRun) throws -> LiftPiece {
        let photograph = try run.picture ?? Photograph.load(run.options.picture)
        let found = try Selector.select(in: photograph, run.options.selection, session: run.session)
        run.selected = LiftRun.Selected(
            photograph: photograph, found: found, cutout: try Cutout(photograph, found))
        // The pictures are written once everything else could be loaded; see `DistilStage`.
        run.finish(.select, outputs: ["input.png", "mask.png", "object.png", "overlay.png"])
        run.record.selectionNotes = found.notes.isEmpty ? nil : found.notes
        run.record.selectionNotes = found.notes.isEmpty ? nil : found.notes
        return LiftPiece(
            score: found.score.map { LiftState.Score(name: "mask score", value: $0) },
            note: found.notes.isEmpty ? nil : found.notes.joined(separator: "; "))
    }
}
