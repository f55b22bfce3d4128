// Which kind of model lies at a path, told by its configuration or its tensors.

import Checkpoints

extension ModelKind {
    private struct Configuration: Decodable {
        var modelType: String?
        var className: String?

        enum CodingKeys: String, CodingKey {
            case modelType = "model_type"
            case className = "_class_name"
        }
    }

    /// `model_type` or `_class_name` of the configuration in a folder; nil if there is none.
    static func configuration(in folder: String) throws -> String? {
        for name in ["config.json", "model_index.json"] where isFile("\(folder)/\(name)") {
            let configuration = try loadConfiguration(Configuration.self, from: "\(folder)/\(name)")
            return configuration.modelType ?? configuration.className
        }
        return nil
    }

    /// The kind that the configuration in a folder names; of several, one that a part opens.
    static func configured(in folder: String) throws -> ModelKind? {
        guard let name = try configuration(in: folder) else { return nil }
        let kinds = all.filter { $0.use?.isFolder == true && $0.configurations.contains(name) }
        return kinds.first { $0.open != nil } ?? kinds.first
    }

    /// The kind of what lies at a path, among those that a part takes.
    ///
    /// A folder is known by its configuration, a file by the names of its tensors.
    /// - Throws: `LatheError` (`modelUnusable`) saying what it is and what is needed.
    static func find(at path: String, for part: ModelSet.Part) throws -> ModelKind {
        let kinds = kinds(for: part)
        guard isFolder(path) else {
            let files = kinds.filter { $0.use?.isFile == true }
            let names = try LatheError.asking(.modelUnusable) { try WeightFile.open(path).names }
            let found = recognised(by: names)
            if let kind = files.first(where: { $0.name == found?.name }) { return kind }
            // What resembles nothing is judged tensor by tensor.
            guard found == nil, let kind = files.first else {
                let needed = files.map(\.name).joined(separator: " or ")
                throw LatheError.modelUnusable("\(mistaken(path, for: needed, found))")
            }
            return kind
        }
        let folders = kinds.filter { $0.use?.isFolder == true }
        if let kind = folders.first(where: { $0.configurations.isEmpty }) { return kind }
        guard let name = try LatheError.asking(.modelUnusable, { try configuration(in: path) }) else {
            throw LatheError.modelUnusable(
                "\(path) holds no config.json; \(part.option) needs a model folder as published")
        }
        guard let kind = folders.first(where: { $0.configurations.contains(name) }) else {
            let needed = folders.flatMap(\.configurations).sorted().joined(separator: " or ")
            throw LatheError.modelUnusable(
                "\(path) holds a model of kind '\(name)'; \(part.option) needs \(needed)")
        }
        return kind
    }

    /// Opens what lies at a path.
    ///
    /// Where that fails and the weights are recognisably of another kind, the error says so.
    /// - Throws: `LatheError` (`modelUnusable`).
    func opened<Value>(_ source: Source, as _: Value.Type) throws -> Value {
        try opening(source.path) {
            guard let value = try open?(source) as? Value else {
                throw LatheError.modelUnusable("\(source.path) is \(name), which does not serve here")
            }
            return value
        }
    }

    /// Runs `open`, which opens what lies at a path as this kind.
    /// - Throws: `LatheError` (`modelUnusable`), naming the kind of weights that are recognisably of another.
    func opening<Value>(_ path: String, _ open: () throws -> Value) throws -> Value {
        do {
            return try open()
        } catch let error as LatheError {
            throw error
        } catch {
            throw LatheError(.modelUnusable, "\(mistake(at: path) ?? "\(error)")")
        }
    }

    /// What the weights at a path are instead of this kind; nil where that is not known.
    private func mistake(at path: String) -> String? {
        let file = isFolder(path) ? ModelSet.weightFiles(in: path).first.map { "\(path)/\($0)" } : path
        guard !signatures.isEmpty, let file, let names = try? WeightFile.open(file).names,
            let found = ModelKind.recognised(by: names), found.name != name
        else { return nil }
        return ModelKind.mistaken(file, for: name, found)
    }

    private static func mistaken(_ path: String, for needed: String, _ found: ModelKind?) -> String {
        "\(path): these weights are \(found?.name ?? "of no known kind"); \(needed) is needed here"
    }
}
