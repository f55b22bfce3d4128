// What is wrong with a command line, told better than the parser can.

/// Looks for misspelt names and for empty values.
struct CommandLineCheck {
    private let root: CommandDescription

    init(_ root: CommandDescription) { self.root = root }

    /// A command or option that does not exist, with the nearest that does; nil where every name is known, or none is
    /// near.
    func misspelling(in arguments: [String]) -> String? {
        let (command, path, rest) = root.leaf(arguments)
        if let subcommands = command.subcommands, !subcommands.isEmpty {
            guard let name = rest.first, !name.hasPrefix("-") else { return nil }
            let near = NearestName.find(name, among: subcommands.map(\.commandName))
            return near.map { "there is no command '\(name)'; did you mean '\($0)'?" }
        }
        for argument in values(of: command, rest) where argument.option == nil {
            guard case let text = argument.text, text.hasPrefix("--"), text.count > 2 else { continue }
            let name = String(text.dropFirst(2).prefix { $0 != "=" })
            guard let near = NearestName.find(name, among: command.longNames) else { continue }
            return "\(path.joined(separator: " ")) has no option '--\(name)'; did you mean '--\(near)'?"
        }
        return nil
    }

    /// An empty name of a file, folder or the like, by its option; nil where there is none.
    ///
    /// Texts may be empty.
    func emptyValue(in arguments: [String]) -> String? {
        let (command, _, rest) = root.leaf(arguments)
        if let subcommands = command.subcommands, !subcommands.isEmpty {
            return rest.first == "" ? "the name of the command is empty" : nil
        }
        for argument in values(of: command, rest) where argument.value == "" {
            guard let option = argument.option else {
                let name = command.arguments?.first { $0.kind == "positional" }?.valueName
                return "\(name.map { "<\($0)>" } ?? "an argument") is empty"
            }
            guard option.valueName?.hasPrefix("text") != true else { continue }
            return
                "\(argument.text.prefix { $0 != "=" }) is empty; give \(option.valueName.map { "<\($0)>" } ?? "a value")"
        }
        return nil
    }

    private struct Given {
        /// As it stands on the command line.
        let text: String
        /// nil for what is no known option.
        let option: CommandDescription.Argument?
        /// The value of an option, or the argument itself where it is no option.
        let value: String?
    }

    /// The arguments of a command with the values of its options, up to `--`.
    private func values(of command: CommandDescription, _ arguments: ArraySlice<String>) -> [Given] {
        var given: [Given] = [], rest = arguments
        while let text = rest.popFirst(), text != "--" {
            let option = command.option(text)
            var value = option == nil ? text : nil
            if let option, option.takesValue {
                value =
                    text.firstIndex(of: "=").map { String(text[text.index(after: $0)...]) } ?? rest.popFirst()
            }
            given.append(Given(text: text, option: option, value: value))
        }
        return given
    }
}
