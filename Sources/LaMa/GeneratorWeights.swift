// Where the generator's tensors are in the layouts it is published in, and what else those may hold.

public import Checkpoints

extension WeightScope {
    /// The scope of a LaMa generator, which holds `model.1.ffc.convl2l.weight` and the rest.
    ///
    /// Published files put it at the root, under `generator.` (training checkpoints) or under `model.generator.`
    /// (TorchScript of the predicting module); any one prefix is taken.
    /// - Throws: `CheckpointError` when there is no such tensor, or several prefixes have one.
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

    /// Tensors beside the generator's in published files, which inference does not use: the counters of batch norms,
    /// and from training the discriminator, the networks of the losses and of the scores.
    static let unusedByLaMa = [
        "*num_batches_tracked", "discriminator.*", "*.discriminator.*", "loss_*", "*.loss_*", "*evaluator.*",
        "*evaluators.*",
    ]
}
