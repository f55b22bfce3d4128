// The work of an edit: what is filled with what, and the pictures that come of it.

import Compositing
import Images

extension EditJob {
    /// What is filled with what, and by which model.
    struct Plan {
        let holes: [EditHole]
        /// The picture that they are holes of.
        let canvas: Image
        /// Prompts of the holes; empty where there are no words.
        let prompts: [String]
        let painter: HolePainter

        /// All holes as one mask.
        var whole: Mask { holes.dropFirst().reduce(holes[0].mask) { $0.union($1.mask) } }
    }

    /// One version of the edited picture.
    struct Version {
        let picture: Image
        let seed: UInt64
        /// Steps at the border of each hole.
        let seams: [Seam.Steps]
    }

    /// Selects, describes and opens the model.
    /// - Parameter filler: replaces the model that the options name; nil for that model.
    mutating func plan(_ filler: (any HoleFiller)?) throws -> Plan {
        let (holes, canvas) = try holes()
        let prompts = try prompts(holes.count)
        let painter = try filler.map { try self.painter(filledBy: $0) } ?? self.painter(for: canvas)
        return Plan(holes: holes, canvas: canvas, prompts: prompts, painter: painter)
    }

    /// Fills the holes of every version, one after the other, and checks the invariants of edits.
    /// - Parameter preview: path of the preview of a number; nil where none is kept.
    mutating func versions(of plan: Plan, preview: (Int) -> String?) throws -> [Version] {
        let count = plan.holes.count, whole = plan.whole
        return try (0..<options.candidates).map { index in
            let seed = options.seed &+ UInt64(index)
            var picture = plan.canvas, seams: [Seam.Steps] = []
            for (number, (hole, prompt)) in zip(plan.holes, plan.prompts).enumerated() {
                let result = try plan.painter.paint(
                    picture, hole, prompt: prompt, seed: seed, strength: options.diffusion.strength
                ) { stage, step in
                    try tell(stage, step, unit: index * count + number, of: options.candidates * count)
                    try keep(step, preview)
                }
                picture = result.picture
                seams.append(result.seam)
            }
            try check(picture, against: plan.canvas, hole: whole)
            return Version(picture: picture, seed: seed, seams: seams)
        }
    }
}
