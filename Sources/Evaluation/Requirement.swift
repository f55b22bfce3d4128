// Bounds on scores.

import Foundation

/// A lower bound on a score, `name=value`.
package struct Requirement: Sendable, Hashable {
    /// One of ``names``.
    package let name: String
    /// The bound, in the score's unit.
    package let value: Double

    /// Parses `name=value`; nil for an unknown name or a value that is no number.
    package init?(parsing text: String) {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2, Requirement.names.contains(parts[0]), let value = Double(parts[1]),
            value.isFinite
        else { return nil }
        (name, self.value) = (parts[0], value)
    }

    /// The scores that can be bounded; see ``LiftEvaluation/figures``.
    package static let names = [
        "front-psnr", "novel-iou", "novel-psnr", "novel-psnr-above-extruded", "novel-psnr-above-mean",
        "novel-psnr-above-retrieval", "novel-iou-above-retrieval",
    ]

    /// One line naming the score that does not reach the bound; nil if it does.
    ///
    /// NaN reaches no bound.
    package func failure(in evaluation: LiftEvaluation) -> String? {
        let found = evaluation.figures[name] ?? -.infinity
        guard !(found >= value) else { return nil }
        let relation = found.isNaN ? "not at least" : "below"
        return "\(evaluation.scene): \(name) is \(String(format: "%.3f", found)), \(relation) \(value)"
    }
}
