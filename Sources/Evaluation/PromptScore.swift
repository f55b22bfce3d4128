// Scores of pictures made from words.

import Foundation

/// How often the captioner reads the words of the prompts in what was made of them.
public struct PromptScore: Codable, Sendable {
    /// "fill" or "replace", and "truth" for pictures that show what the same prompts say.
    public var task: String
    public var prompts: Int
    /// Share with the class (fill) or the ground (replace).
    public var first: Double
    /// Share with the first colour (fill) or what stands behind (replace).
    public var second: Double
    public var both: Double

    /// The head of the table whose rows are ``row``.
    public static let head = "task               prompts  class or ground  colour or background     both"

    public var row: String {
        func percent(_ share: Double, _ width: Int) -> String {
            let text = "\(Int((100 * share).rounded())) %"
            return String(repeating: " ", count: max(1, width - text.count)) + text
        }
        let count = "\(prompts)"
        return task.padding(toLength: 26 - count.count, withPad: " ", startingAt: 0) + count
            + percent(first, 17)
            + percent(second, 22) + percent(both, 9)
    }
}
