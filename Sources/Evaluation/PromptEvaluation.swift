// `lathe evaluate --prompts`: whether fill and replace put there what they are asked for.

import Compositing
import Foundation
public import Images
public import Lathe

public struct PromptEvaluation {
    private let trials: [PromptTrial]

    /// - Parameter count: prompts for fill, and as many for replace.
    /// - Throws: `ToyError` if a toy cannot be made.
    public init(count: Int, seed: UInt64) throws {
        trials = try [EditTask.fill, .replace].flatMap {
            try PromptTrial.trials($0, count: count, seed: seed)
        }
    }

    /// Edits every picture as its prompt says and asks the captioner about the result.
    /// - Parameters:
    ///   - attempts: as ``EditOptions/attempts``.
    ///   - ground: as ``EditOptions/ground``.
    ///   - reader: folder of a captioner that reads the results in place of the models' own, which chose among them.
    ///   - show: called with each picture and what was made of it.
    ///   - progress: called after every edit with the number done and of all.
    public func scores(
        models: ModelSet, diffusion: DiffusionOptions, attempts: Int? = nil,
        ground: FillGround? = nil, reader: String? = nil, show: (Image, Image) -> Void,
        progress: (Int, Int) throws -> Void
    ) throws -> [PromptScore] {
        let pipeline = try DiffusionModel.open(models, diffusion)
        let readers =
            reader.map { ModelSet(root: nil, overrides: [.captioner: $0], precision: models.precision) }
            ?? models
        let captioner = try readers.captioner()
        var rows: [String: [(first: Bool, second: Bool)]] = [:]
        for (index, trial) in trials.enumerated() {
            var options = EditOptions(task: trial.task, picture: "", objects: [], models: models, output: "")
            (options.diffusion, options.attempts, options.ground) = (diffusion, attempts, ground)
            let hole = EditHole(object: trial.object, options: options)
            let painter = try HolePainter.diffusion(pipeline, for: trial.picture, settling: &options).painter
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

    /// What a captioner is shown of a filled hole: the hole and a little more.
    private static func surroundings(of hole: Mask) -> PixelRectangle {
        let box = hole.boundingBox ?? PixelRectangle(left: 0, top: 0, right: hole.width, bottom: hole.height)
        return box.expanded(by: max(box.width, box.height) / 8).clipped(
            width: hole.width, height: hole.height)
    }
}
