// A weight file without the prefix that a training wrapper gave to every name.

/// A file whose tensors are named without a prefix that all of them have.
struct UnwrappedFile: TensorFile {
    let file: any TensorFile
    let prefix: String

    var path: String { file.path }
    var names: [String] { file.names.map { String($0.dropFirst(prefix.count)) } }
    var metadata: [String: String] { file.metadata }

    func info(_ name: String) -> TensorInfo? { file.info(prefix + name) }

    func withBytes<R>(of name: String, _ body: (UnsafeRawBufferPointer) throws -> R) throws -> R {
        try file.withBytes(of: prefix + name, body)
    }

    func region(of name: String) throws -> MappedRegion? { try file.region(of: prefix + name) }
}

/// Prefixes that training wrappers add to every name of a model: data parallelism and `torch.compile`.
enum WrapperPrefix {
    static let all = ["module.", "_orig_mod."]

    /// The prefixes that every one of the names has, as one text; empty if there is none.
    static func common(to names: some Collection<String>) -> String {
        var prefix = ""
        while !names.isEmpty, prefix.utf8.count < 64,
            let wrapper = all.first(where: { wrapper in
                let longer = prefix + wrapper
                return names.allSatisfy { $0.hasPrefix(longer) && $0 != longer }
            })
        {
            prefix += wrapper
        }
        return prefix
    }
}
