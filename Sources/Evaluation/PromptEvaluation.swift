// Scores how well fill and replace follow prompts, as read by a captioning model.

import Compositing
import Foundation
package import Images
package import Lathe

/// Edits held-out pictures by held-out prompts and searches the captions of the results for the prompts'
/// words.
package struct PromptEvaluation {
    private let trials: [PromptTrial]

    /// Draws the trials.
    /// - Parameters:
    ///   - count: prompts for fill, and as many for replace.
    ///   - seed: of the trials.
    /// - Throws: `ToyError` if an object cannot be made.
    package init(count: Int, seed: UInt64) throws {
        trials = try [EditTask.fill, .replace].flatMap {
            try PromptTrial.trials($0, count: count, seed: seed)
        }
    }

    /// Edits every picture and captions the results.
    /// - Parameters:
    ///   - session: gives the models of the edits, with a captioner.
    ///   - diffusion: settings of the diffusion model.
    ///   - attempts: as ``EditOptions/attempts``.
    ///   - ground: as ``EditOptions/ground``.
    ///   - reader: folder of a captioner for the results; nil uses the models' own, which also ranks
    ///     attempts.
    ///   - show: called with each picture and its edit.
    ///   - progress: called after every edit with the number done and the total; what it throws ends the
    ///     work.
    /// - Throws: `LatheError` (`modelUnusable`) naming what is wrong with a model.
    /// - Returns: one score per task, and one per task for the ground truth.
    package func scores(
        session: ModelSession, diffusion: DiffusionOptions, attempts: Int? = nil,
        ground: FillGround? = nil, reader: String? = nil, show: (Image, Image) -> Void,
        progress: (Int, Int) throws -> Void
    ) throws -> [PromptScore] {
        let pipeline = try session.diffusion(diffusion)
        let models = session.models
        let readers =
            reader.map {
                ModelSession(ModelSet(root: nil, overrides: [.captioner: $0], precision: models.precision))
            } ?? session
        let captioner = try readers.captioner()
        var rows: [String: [(first: Bool, second: Bool)]] = [:]
        for (index, trial) in trials.enumerated() {
            var options = EditOptions(task: trial.task, picture: "", objects: [], models: models, output: "")
            (options.diffusion, options.attempts, options.ground) = (diffusion, attempts, ground)
            let hole = EditHole(object: trial.object, options: options)
            let painter = try HolePainter.diffusion(
                pipeline, for: trial.picture, settling: &options, session: session
            )
            .painter
            let made = try painter.paint(
                trial.picture, hole, prompt: trial.prompt, seed: UInt64(index), strength: 1
            ) { _, _ in }.picture
            show(trial.picture, made)
            let seen =
                trial.task == .fill ? made.cropped(to: PromptEvaluation.surroundings(of: hole.mask)) : made
            for (name, image) in [
                (trial.task.rawValue, seen), (trial.task.rawValue + ", truth", trial.truth),
            ] {
                let caption = try Captioning.captions(of: image, by: captioner, search: .beams(3))[0]
                rows[name, default: []].append(trial.found(in: caption))
            }
            try progress(index + 1, trials.count)
        }
        return rows.sorted { $0.key < $1.key }.map { name, found in
            func share(_ holds: ((first: Bool, second: Bool)) -> Bool) -> Double {
                Double(found.filter(holds).count) / Double(found.count)
            }
            return PromptScore(
                task: name, prompts: found.count, first: share(\.first), second: share(\.second),
                both: share { $0.first && $0.second })
        }
    }

    /// The crop shown to the captioner: the hole's bounding box grown by an eighth of its longer side.
    private static func surroundings(of hole: Mask) -> PixelRectangle {
        let box = hole.boundingBox ?? PixelRectangle(left: 0, top: 0, right: hole.width, bottom: hole.height)
        return box.expanded(by: max(box.width, box.height) / 8).clipped(
            width: hole.width, height: hole.height)
    }
}
