// Locations of the generator's tensors in published layouts, and other tensors in those files.

public import Checkpoints

extension WeightScope {
    /// The scope of a LaMa generator, which holds `model.1.ffc.convl2l.weight` and the rest.
    ///
    /// Published files have it at the root, under `generator.` (training checkpoints) or under `model.generator.`
    /// (TorchScript of the predicting module); any single prefix is accepted.
    /// - Throws: `CheckpointError` if there is no such tensor, or if several prefixes have one.
    public func laMaGenerator() throws -> WeightScope {
        let offset = path.isEmpty ? 0 : path.count + 1
        let sign = "model.1.ffc.convl2l.weight"
        let prefixes = names.map { $0.dropFirst(offset) }.filter { $0 == sign || $0.hasSuffix("." + sign) }
            .map { String($0.dropLast(sign.count)) }
        guard let prefix = prefixes.first else {
            throw CheckpointError(
                path: origin, reason: "there is no tensor \(sign), so it holds no LaMa generator")
        }
        guard prefixes.count == 1 else {
            throw CheckpointError(
                path: origin,
                reason:
                    "it holds \(prefixes.count) generators, under '\(prefixes.joined(separator: "', '"))'; "
                    + "keep one")
        }
        return prefix.isEmpty ? self : scope(String(prefix.dropLast()))
    }

    /// Tensors of published files that inference does not use: batch norm counters, and from training the
    /// discriminator and the networks of losses and metrics.
    static let unusedByLaMa = [
        "*num_batches_tracked", "discriminator.*", "*.discriminator.*", "loss_*", "*.loss_*", "*evaluator.*",
        "*evaluators.*",
    ]
}
