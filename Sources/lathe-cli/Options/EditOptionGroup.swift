// What every edit of an object takes.

import ArgumentParser
import Foundation
import Lathe

struct EditOptionGroup: ParsableArguments {
    @Option(
        name: .customLong("object"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "One of several objects, each with its own prompt: clicks and boxes, a colon, words. Repeatable.",
            valueName: "x,y[,-] … : words"),
        transform: parsed(
            EditObject.init(parsing:), "use clicks (x,y) or boxes (x0,y0,x1,y1), then ':' and words"))
    var objects: [EditObject] = []

    @Option(help: "Seed of everything random.") var seed: UInt64 = 0

    @Flag(help: "Leave the picture's date, camera and place out of the result.")
    var noMetadata = false

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "A .png or .jpg for the result, or a folder for the result, mask, previews and record.",
            valueName: "out"))
    var output: String

    /// The edit of a picture that these options ask for.
    /// - Throws: `LatheError` for an input or a model set that does not exist.
    func options(
        _ task: EditTask, _ input: String, _ selection: SelectionOptions, prompt: String?,
        _ models: ModelOptions
    ) throws -> EditOptions {
        let source = try InputPicture.find(input)
        var options = EditOptions(
            task: task, picture: source.picture,
            objects: try targets(selection, of: source, prompt: prompt), models: try models.modelSet(),
            output: output)
        options.take(selection)
        options.seed = seed
        options.dropsMetadata = noMetadata ? true : nil
        return options
    }

    /// What is edited: the objects given one by one, or the one selection with the one prompt.
    /// - Throws: `LatheError` (`badInput`) if both ways are mixed.
    private func targets(_ selection: SelectionOptions, of source: InputPicture, prompt: String?) throws
        -> [EditObject]
    {
        let asked = selection.selection
        guard objects.isEmpty else {
            guard asked.isEmpty else {
                throw LatheError(
                    .badInput, "--object excludes --point, --box and --mask; put them all in --object")
            }
            return objects.map {
                EditObject(selection: asked.pointing(atWhat: $0.selection), prompt: $0.prompt ?? prompt)
            }
        }
        let one = asked.isEmpty ? asked.pointing(atWhat: source.selection) : asked
        return [EditObject(selection: one, prompt: prompt)]
    }
}

extension EditOptions {
    /// The selection's growth and softness speak of the hole here.
    mutating func take(_ selection: SelectionOptions) {
        growth = selection.grow
        feather = selection.feather
        for index in objects.indices {
            objects[index].selection.growth = nil
            objects[index].selection.feather = 0
        }
    }
}

/// Runs an edit with a progress bar and prints its result.
func perform(_ options: EditOptions, _ console: Console) throws {
    Interruption.listen()
    var bar = ProgressBar(console: console)
    let result: EditResult
    do {
        result = try EditRun.run(options) { state in
            bar.show(ProgressLine(state))
            if Interruption.isRequested {
                throw LatheError(.interrupted, "interrupted; no result was written")
            }
        }
    } catch {
        bar.finish()
        throw error
    }
    bar.finish()
    try console.result(json: result)
    for line in result.lines { try console.result(line) }
}
