// A picture, a prompt, and the words that a caption of the edit must contain.

package import Images
package import Lathe
import Toybox

/// A held-out picture, a prompt for it, and the words by which a caption shows that the prompt was followed.
package struct PromptTrial: Sendable {
    /// The picture to edit, RGB.
    package let picture: Image
    /// The object to fill, or to keep.
    package let object: Mask
    /// Fill or replace.
    package let task: EditTask
    /// The prompt.
    package let prompt: String
    /// A picture whose true content is the prompt: an upper bound for the captioner.
    package let truth: Image
    /// Class and first colour, or ground and background.
    package let words: (first: String, second: String)

    /// Trials of fill or replace: the prompt describes the object, or the surroundings, of another held-out
    /// picture.
    ///
    /// Classes without training data and objects without a class are left out.
    /// - Parameters:
    ///   - task: fill or replace.
    ///   - count: number of trials.
    ///   - seed: of the pictures.
    ///   - side: of the pictures, in pixels.
    /// - Throws: `ToyError` if an object cannot be made.
    /// - Returns: the trials.
    package static func trials(_ task: EditTask, count: Int, seed: UInt64, side: Int = 256) throws
        -> [PromptTrial]
    {
        precondition(task == .fill || task == .replace, "PromptTrial: \(task.rawValue) asks for nothing")
        var next = seed << 32
        func sample(where holds: (CaptionSamples.Sample) -> Bool) throws -> CaptionSamples.Sample {
            while true {
                next += 1
                let sample = try CaptionSamples.sample(seed: next, split: .heldOut, side: side)
                if !ToyObject.heldOutClassNames.contains(sample.object.className), holds(sample) {
                    return sample
                }
            }
        }
        return try (0..<count).map { _ in
            let here = try sample { !$0.surroundings.isEmpty }
            let there = try sample {
                task == .fill
                    ? $0.object.className != "toy" && Tint.first(in: $0.object.caption) != nil
                    : !$0.surroundings.isEmpty
            }
            let image = { Image(width: side, height: side, channels: 3, bytes: $0) }
            return PromptTrial(
                picture: image(here.image),
                object: Mask(width: side, height: side, inside: here.mask.map { $0 > 127 }), task: task,
                prompt: task == .fill ? there.object.caption : there.surroundings, truth: image(there.image),
                words: task == .fill ? words(of: there.object) : words(of: there.surroundings))
        }
    }

    /// Which of the two words a caption contains.
    package func found(in caption: String) -> (first: Bool, second: Bool) {
        guard task == .fill else { return (caption.contains(words.first), caption.contains(words.second)) }
        return (caption.contains(words.first), Tint.first(in: caption) == words.second)
    }

    private static func words(of object: ToyObject) -> (String, String) {
        (object.className.replacing("_", with: " "), Tint.first(in: object.caption) ?? "")
    }

    /// "on grass" and "under a blue sky", or "in front of a brick wall".
    private static func words(of surroundings: String) -> (String, String) {
        let start = (surroundings.firstRange(of: " under ") ?? surroundings.firstRange(of: " in front of "))
        guard let start else { return (surroundings, surroundings) }
        return (
            String(surroundings[..<start.lowerBound]), String(surroundings[start.lowerBound...].dropFirst())
        )
    }
}
