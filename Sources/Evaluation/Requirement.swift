// Bounds that evaluations are held to.

import Foundation

/// A bound that a score must reach, `name=value`.
public struct Requirement: Sendable, Hashable {
    public let name: String
    public let value: Double

    /// Parses `name=value`; nil for an unknown name or a value that is no number.
    public init?(parsing text: String) {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2, Requirement.names.contains(parts[0]), let value = Double(parts[1]),
            value.isFinite
        else { return nil }
        (name, self.value) = (parts[0], value)
    }

    public static let names = [
        "front-psnr", "novel-iou", "novel-psnr", "novel-psnr-above-extruded", "novel-psnr-above-mean",
        "novel-psnr-above-retrieval", "novel-iou-above-retrieval",
    ]

    /// What is wrong with a run, in one line; nil if it holds.
    public func failure(in evaluation: LiftEvaluation) -> String? {
        let found = evaluation.figures[name] ?? -.infinity
        guard found < value else { return nil }
        return "\(evaluation.scene): \(name) is \(String(format: "%.3f", found)), below \(value)"
    }
}
