// Scores of prompt following.

import Foundation

/// How often captions of the results contain the words of the prompts.
public struct PromptScore: Codable, Sendable {
    /// "fill" or "replace"; with ", truth" for pictures whose true content the prompts describe.
    public var task: String
    /// Number of prompts.
    public var prompts: Int
    /// Share of captions with the class (fill) or the ground (replace).
    public var first: Double
    /// Share of captions with the first colour (fill) or the background (replace).
    public var second: Double
    /// Share of captions with both.
    public var both: Double

    /// Header of the table whose rows are ``row``.
    public static let head = "task               prompts  class or ground  colour or background     both"

    /// A row of the table.
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
