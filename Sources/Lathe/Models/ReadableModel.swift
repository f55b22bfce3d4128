// The kinds of model that can be given by themselves, for documentation.

/// A kind of model with the option that takes it.
package struct ReadableModel: Sendable {
    /// What it is: "a SAM segmenter".
    package let name: String
    /// The option that takes it.
    package let option: OptionName
    /// In what form: "as it is", "as a folder with its config.json".
    package let form: LatheMessage
    /// Where one is published, or the name under which it is.
    package let example: String?

    /// All kinds of the registry that are a file or folder of their own, by option: parts of a set first.
    package static var all: [ReadableModel] {
        let options = ModelSet.Part.allCases.map(ModelOption.part) + [.lora, .embedding, .control]
        return options.flatMap { option in
            ModelKind.all.compactMap { kind in
                guard let use = kind.use, use.option == option, use.isFile || use.isFolder else { return nil }
                return ReadableModel(
                    name: kind.name, option: option.name, form: use.form, example: kind.published)
            }
        }
    }
}
