// Scores of prompt following.

import Foundation

/// How often captions of the results contain the words of the prompts.
package struct PromptScore: Codable, Sendable {
    /// "fill" or "replace"; with ", truth" for pictures whose true content the prompts describe.
    package var task: String
    /// Number of prompts.
    package var prompts: Int
    /// Share of captions with the class (fill) or the ground (replace).
    package var first: Double
    /// Share of captions with the first colour (fill) or the background (replace).
    package var second: Double
    /// Share of captions with both.
    package var both: Double

    /// Header of the table whose rows are ``row``.
    package static let head = "task               prompts  class or ground  colour or background     both"

    /// A row of the table.
    package var row: String {
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
