// Weight files that are parts of one.

/// The names of shards, as Hugging Face writes them: `model-00001-of-00002.safetensors`.
enum WeightShards {
    /// Files that belong together, under the name of the whole.
    struct Group: Equatable {
        var name: String
        var files: [String]
    }

    /// Groups sorted file names; a file that is no shard is a group of its own.
    static func groups(of names: [String]) -> [Group] {
        var groups: [Group] = []
        for name in names {
            let whole = whole(name)
            if let whole, let place = groups.firstIndex(where: { $0.name == whole }) {
                groups[place].files.append(name)
            } else {
                groups.append(Group(name: whole ?? name, files: [name]))
            }
        }
        return groups
    }

    /// The name of the file that a shard is part of; nil for other files.
    private static func whole(_ name: String) -> String? {
        guard let dot = name.lastIndex(of: ".") else { return nil }
        let parts = name[..<dot].split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[parts.count - 2] == "of", parts[0].isEmpty == false,
            Int(parts[parts.count - 1]) != nil, Int(parts[parts.count - 3]) != nil
        else { return nil }
        return parts.dropLast(3).joined(separator: "-") + name[dot...]
    }
}
