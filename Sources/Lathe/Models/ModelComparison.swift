// Weights against the model they are for: what is missing, what differs, what is too much.

import Arrays
import Checkpoints

/// What a set of weights has other than its model asks for; all empty when the two fit.
public struct ModelComparison: Codable, Sendable {
    /// Names of tensors that the model needs and the weights lack.
    public var missing: [String] = []
    /// Tensors of another shape than the model needs.
    public var differing: [String] = []
    /// Names of tensors that the model has no use for.
    public var unexpected: [String] = []

    /// Whether the weights are exactly what the model asks for.
    public var fits: Bool { missing.isEmpty && differing.isEmpty && unexpected.isEmpty }

    /// Compares by building the model on stand-ins of its weights, of which only names and shapes are read.
    /// - Parameter folder: where the weights lie, for the configuration that some kinds need.
    /// - Returns: nil for kinds that no model here takes.
    /// - Throws: `CheckpointError` saying why there is nothing to compare with.
    init?(_ weights: WeightScope, _ kind: ModelKind?, folder: String) throws {
        guard let compare = kind?.compare else { return nil }
        try compare(&self, weights, folder)
    }

    /// Adds what `build` asks of weights and does not find, and what it does not ask for.
    mutating func survey(_ weights: WeightScope, _ build: (WeightScope) throws -> Void) throws {
        let survey = WeightSurvey(of: weights)
        try build(survey.scope)
        // The stand-ins of a large model are large, too.
        StoragePool.trim()
        missing += survey.missing
        differing += survey.differing.map { "\($0.name) \($0.stored), \($0.asked) needed" }
        unexpected += survey.unexpected
    }
}
