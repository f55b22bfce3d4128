// Reading one layout of a model under the names of another.

extension WeightScope {
    /// These weights under the names of another layout; tensors are read and converted on request.
    ///
    /// Names are relative to this scope. Every tensor must match the table, and shapes are derived here, so that a
    /// wrong shape is rejected when the model requests the tensor. `finish()` of the result then checks that every
    /// derived tensor was read.
    /// - Throws: `CheckpointError` if a tensor matches no rule or several, two map to one, or a change does not apply
    ///   to a shape.
    public func mapped(by table: KeyTable) throws -> WeightScope {
        let prefix = path.isEmpty ? "" : path + "."
        let recipes: [String: KeyTable.Recipe]
        do {
            recipes = try table.recipes(for: names.map { String($0.dropFirst(prefix.count)) })
        } catch {
            throw CheckpointError(path: origin, reason: error.reason)
        }
        var derived: [String: WeightStore.Derivation] = [:]
        for (target, recipe) in recipes {
            let source = prefix + recipe.source
            guard let stored = shape(of: recipe.source), let shape = recipe.shape(from: stored) else {
                throw CheckpointError(
                    path: origin,
                    reason: "tensor \(source.shown) has shape \(shape(of: recipe.source) ?? []), "
                        + "which cannot become \(target.shown)")
            }
            derived[target] = WeightStore.Derivation(
                source: source, stored: stored, shape: shape, part: recipe.part, parts: recipe.parts,
                isTransposed: recipe.change == .transposed)
        }
        return derivedScope(derived)
    }
}
