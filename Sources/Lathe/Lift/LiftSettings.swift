// Settings of the distillation: a preset with changes by key path.

import Distillation
import Foundation

/// Resolves presets with changed settings.
enum LiftSettings {
    /// Settings without a default value.
    private static let optional = ["guidance", "elevation"]

    /// The preset's configuration with the seed and settings of `options`.
    /// - Throws: `LatheError` (`badInput`) for an unknown setting or a value out of range.
    static func configuration(_ options: LiftOptions) throws -> DistillationConfiguration {
        var configuration: DistillationConfiguration =
            switch options.preset {
            case .draft: .draft
            case .standard: .standard
            case .fine: .fine
            }
        configuration.seed = options.seed
        configuration.symmetry = options.symmetry
        if !options.settings.isEmpty {
            var tree = try tree(configuration)
            for (key, value) in options.settings.sorted(by: { $0.key < $1.key }) {
                try set(key.split(separator: ".").map(String.init), to: json(value), in: &tree, key: key)
            }
            configuration = try decoded(tree, options.settings)
        }
        try LatheError.asking(.badInput) { try configuration.validate() }
        return configuration
    }

    private static func tree(_ configuration: DistillationConfiguration) throws -> [String: Any] {
        let data = try JSONEncoder().encode(configuration)
        return try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
    }

    private static func set(_ path: [String], to value: Any, in tree: inout [String: Any], key: String) throws
    {
        guard let first = path.first, tree[first] != nil || optional.contains(key) else {
            let names = (Array(tree.keys) + optional).filter { !["seed", "symmetry"].contains($0) }
            throw LatheError.badInput(
                "\(.settings) \(key): there is no such setting; there are \(Set(names).sorted().joined(separator: ", "))"
            )
        }
        if path.count == 1 {
            tree[first] = value
            return
        }
        guard var inner = tree[first] as? [String: Any] else {
            throw LatheError.badInput("\(.settings) \(key): \(first) has no parts")
        }
        try set(Array(path.dropFirst()), to: value, in: &inner, key: path.dropFirst().joined(separator: "."))
        tree[first] = inner
    }

    /// Parses a JSON number, boolean or list; anything else is a string.
    private static func json(_ text: String) -> Any {
        let data = Data(text.utf8)
        return (try? JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)) ?? text
    }

    private static func decoded(
        _ tree: [String: Any], _ settings: [String: String]
    ) throws -> DistillationConfiguration {
        do {
            let data = try JSONSerialization.data(withJSONObject: tree)
            return try JSONDecoder().decode(DistillationConfiguration.self, from: data)
        } catch {
            let all = settings.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: " ")
            throw LatheError.badInput(
                "\(.settings) \(all): a value is not of the kind that its setting needs")
        }
    }
}
