// Editing by prompt: what of another prompt's attention is kept, and which words count more or less.

import ArgumentParser
import Lathe
import StableDiffusion

struct PromptChangeOptionGroup: ParsableArguments {
    @Option(
        name: .customLong("instead-of"),
        help: ArgumentHelp(
            "The prompt that --prompt is an edited form of: where its words attend is kept (Prompt-to-Prompt).",
            valueName: "text"))
    var source: String?

    @Option(
        name: .customLong("keep-attention"),
        help: ArgumentHelp(
            "Share of the steps in which words attend where those of --instead-of do. Default: 0.8.",
            valueName: "share"))
    var attention: Float?

    @Option(
        name: .customLong("keep-layout"),
        help: ArgumentHelp(
            "Share of the steps in which the layout of --instead-of is kept. Default: 0.4.",
            valueName: "share"))
    var layout: Float?

    @Option(
        name: .customLong("reweight"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A word of the prompt and the factor of its attention; 1 changes nothing. Repeatable.",
            valueName: "word:factor"),
        transform: parsed(WordWeight.init(parsing:), "use WORD:FACTOR, such as red:2"))
    var weights: [WordWeight] = []

    func validate() throws {
        guard source == nil, attention != nil || layout != nil else { return }
        throw ValidationError("--keep-attention and --keep-layout need --instead-of")
    }

    func apply(to options: inout DiffusionOptions) {
        guard source != nil || !weights.isEmpty else { return }
        options.change = PromptChange(source: source, weights: weights)
        if let attention { options.change?.crossReplaceSteps = attention }
        if let layout { options.change?.selfReplaceSteps = layout }
    }
}
