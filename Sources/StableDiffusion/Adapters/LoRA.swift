// Low-rank adapters, merged into a pipeline's weights when these are loaded.

import Arrays
public import Checkpoints

/// A low-rank adapter, `W + strength · alpha / rank · up · down` for every module that it names.
///
/// Supports the layouts of kohya's scripts (with LoCon convolutions), of old and new diffusers, and of PEFT. The
/// factors are merged while a model loads its weights, so that models are independent of adapters.
/// Source: Hu et al. 2021, "LoRA"; diffusers `lora_conversion_utils.py`, `state_dict_utils.py`.
public struct LoRA: Sendable {
    public let path: String
    /// Factor of the update; 1 is as trained, negative values invert it.
    public var strength: Float
    private let updates: [AdaptedPart: [String: LowRankUpdate]]

    /// Reads an adapter.
    /// - Throws: `CheckpointError` naming the tensor if the file is damaged, holds a tensor of another kind of
    ///   adapter, or factors that do not match.
    public init(path: String, strength: Float = 1) throws {
        try self.init(from: WeightScope.open(folder: path), strength: strength)
    }

    /// - Parameter weights: the file's root scope.
    public init(from weights: WeightScope, strength: Float = 1) throws {
        path = weights.origin
        self.strength = strength
        if let (name, method) = LoRAName.otherMethod(in: weights.names) {
            throw CheckpointError(
                path: path,
                reason:
                    "tensor '\(name)' is of the method \(method) (LyCORIS); plain LoRA and LoCon are supported"
            )
        }
        let isPEFT = weights.names.contains { $0.hasPrefix(LoRAName.peftPrefix) }
        let settings =
            try (isPEFT ? LoRASettings(besideFile: path) : nil)
            ?? LoRASettings(metadata: weights.metadata, path: path)
        var factors: [AdaptedPart: [String: Factors]] = [:]
        for name in weights.names {
            guard let role = LoRAName(name) else {
                throw CheckpointError(
                    path: weights.origin,
                    reason:
                        "tensor '\(name)' is not part of a low-rank adapter of a U-Net and one text encoder")
            }
            let tensor = try weights.tensor(name, weights.shape(of: name) ?? [])
            var module = factors[role.part, default: [:]][role.module] ?? Factors(name: name)
            guard module.tensors.updateValue(tensor, forKey: role.role) == nil else {
                throw CheckpointError(
                    path: path, reason: "tensor '\(name)' repeats one of its module under another name")
            }
            factors[role.part, default: [:]][role.module] = module
        }
        guard !factors.isEmpty else { throw CheckpointError(path: path, reason: "the file holds no tensor") }
        var updates: [AdaptedPart: [String: LowRankUpdate]] = [:]
        for (part, modules) in factors {
            for (key, module) in modules {
                updates[part, default: [:]][key] = try module.update(key, part, settings, path: path)
            }
        }
        self.updates = updates
    }

    /// The components that the adapter changes.
    public var parts: Set<AdaptedPart> { Set(updates.keys) }

    /// The number of modules of a component that it changes, and the range of their ranks; nil if there are none.
    public func reach(in part: AdaptedPart) -> (modules: Int, ranks: ClosedRange<Int>)? {
        let ranks = updates[part]?.values.map(\.rank) ?? []
        guard let least = ranks.min(), let most = ranks.max() else { return nil }
        return (ranks.count, least...most)
    }

    /// The weights with this adapter's update added on loading.
    /// - Parameter weights: the root scope of the component, under the names of diffusers or transformers.
    /// - Throws: `CheckpointError` naming the first module of the adapter that is missing in the weights or has
    ///   another shape there.
    public func applied(to weights: WeightScope, of part: AdaptedPart) throws -> WeightScope {
        guard let modules = updates[part] else { return weights }
        let names = try LoRA.tensorNames(of: weights)
        var updateByTensor: [String: LowRankUpdate] = [:]
        for (key, update) in modules.sorted(by: { $0.key < $1.key }) {
            guard let name = names[key], let shape = weights.shape(of: name) else {
                throw CheckpointError(
                    path: path,
                    reason: "the \(part.rawValue) of \(weights.origin) has no module '\(key)' (dots as"
                        + " underscores); the adapter was made for another model")
            }
            guard update.fits(shape) else {
                throw CheckpointError(
                    path: path,
                    reason:
                        "module '\(key)' makes weights of shape \(update.shape) where \(weights.origin) has"
                        + " \(shape); the adapter was made for another model")
            }
            updateByTensor[name] = update
        }
        let strength = strength
        return weights.adjusted { [updateByTensor] name, tensor in
            guard let update = updateByTensor[name] else { return tensor }
            return tensor + update.delta().reshaped(tensor.shape) * strength
        }
    }

    // MARK: Helpers

    /// The tensors that factors can change, by the module's key.
    private static func tensorNames(of weights: WeightScope) throws -> [String: String] {
        let ending = ".weight"
        let offset = weights.path.isEmpty ? 0 : weights.path.count + 1
        var names: [String: String] = [:]
        for name in weights.names.map({ String($0.dropFirst(offset)) }) where name.hasSuffix(ending) {
            let key = LoRAName.key(ofModule: String(name.dropLast(ending.count)))
            if let other = names.updateValue(name, forKey: key) {
                throw CheckpointError(
                    path: weights.origin,
                    reason: "tensors '\(other)' and '\(name)' cannot be told apart once their dots are"
                        + " underscores; no adapter can be merged")
            }
        }
        return names
    }
}

/// The tensors of one module, collected in the order of the file.
private struct Factors {
    /// The first tensor found, for messages.
    let name: String
    var tensors: [LoRAName.Role: NDArray] = [:]

    func update(_ key: String, _ part: AdaptedPart, _ settings: LoRASettings, path: String) throws
        -> LowRankUpdate
    {
        guard let down = tensors[.down], let up = tensors[.up] else {
            throw CheckpointError(
                path: path,
                reason: "tensor '\(name)' stands alone; a module needs both its down and its up factor")
        }
        if let alpha = tensors[.alpha], alpha.count != 1 {
            throw CheckpointError(
                path: path,
                reason: "the alpha beside '\(name)' has shape \(alpha.shape); one number is needed")
        }
        let own = settings.parts[part]
        let update = LowRankUpdate(
            down: down, middle: tensors[.middle], up: up,
            alpha: tensors[.alpha]?.scalars[0] ?? own?.alpha(ofModule: key),
            isRankStabilised: own?.isRankStabilised ?? false)
        guard let update else {
            let shapes = [up, tensors[.middle], down].compactMap { $0.map { "\($0.shape)" } }
            throw CheckpointError(
                path: path,
                reason: "the factors beside '\(name)' have shapes \(shapes.joined(separator: ", ")), which do"
                    + " not multiply")
        }
        return update
    }
}
