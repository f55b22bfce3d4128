// Describing the cut-out, unless the user did.

import Compositing

struct CaptionStage: LiftStageWork {
    let stage = LiftStage.caption

    func seconds(_ estimate: LiftEstimate) -> Double {
        estimate.options.prompt == .auto ? 0.2 * estimate.scale(.captioner) : 0
    }

    func work(_ estimate: LiftEstimate) -> String {
        estimate.options.prompt == .auto ? "captioner" : "given"
    }

    func advance(_ run: LiftRun) throws -> LiftPiece {
        switch run.options.prompt {
        case .text(let text): run.record.caption = text
        case .auto:
            let captions = try run.selected.map {
                try Captioning.describe($0.cutout.onWhite, search: .beams(3), session: run.session)
            }
            run.record.caption = captions?.first ?? ""
        }
        run.finish(.caption, outputs: ["caption.txt"])
        return LiftPiece()
    }
}
