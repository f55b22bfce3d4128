// Reading one layout of a model through the names of another.

extension WeightScope {
    /// These weights under the names of another layout; tensors are read and changed when they are asked for.
    ///
    /// Names are relative to this scope. Every tensor must be named by the table, and shapes are worked out here, so
    /// that a tensor of a wrong shape is refused when the model asks for it. `finish()` of the result then says
    /// whether every tensor that the table made was used.
    /// - Throws: `CheckpointError` when a tensor fits no rule or several, two become one, or a shape does not allow
    ///   what the table says.
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
