// The one option group that says which object of a picture is meant.

import ArgumentParser
import Lathe

struct SelectionOptions: ParsableArguments {
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A click on the object, or with ',-' on what is not part of it. Repeatable.",
            valueName: "x,y[,+|-]"),
        transform: parsed(Selection.Point.init(parsing:), "use x,y or x,y,- in pixels"))
    var point: [Selection.Point] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A box round the object. Repeatable.", valueName: "x0,y0,x1,y1"),
        transform: parsed(Selection.Box.init(parsing:), "use x0,y0,x1,y1 in pixels"))
    var box: [Selection.Box] = []

    @Option(help: ArgumentHelp("A picture of the same size, white on the object.", valueName: "file"))
    var mask: String?

    @Option(help: ArgumentHelp("The object in words. Not available yet.", valueName: "words"))
    var text: String?

    @Option(
        help: ArgumentHelp("Which of the segmenter's three answers to take.", valueName: "auto|0|1|2"),
        transform: parsed(Selection.MaskIndex.init(parsing:), "use auto, 0, 1 or 2"))
    var maskIndex: Selection.MaskIndex = .auto

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Move the mask's edge outwards, in pixels or percent of the object; negative: inwards.",
            valueName: "n|n%|-n"),
        transform: parsed(
            Selection.Growth.init(parsing:), "use pixels such as 3 or -2, or percent such as 5%"))
    var grow: Selection.Growth?

    @Option(help: ArgumentHelp("Soften the mask's edge by this many pixels.", valueName: "n"))
    var feather: Float?

    @Flag(help: "Fill holes of the mask.")
    var fillHoles = false

    @Option(help: ArgumentHelp("Drop pieces of the mask smaller than this many pixels.", valueName: "n"))
    var islands: Int = 0

    @Option(help: ArgumentHelp("A mask file to take away from the selection.", valueName: "file"))
    var subtract: String?

    @Flag(help: "Select everything but the object.")
    var invert = false

    func validate() throws {
        if text != nil {
            throw ValidationError("--text cannot be used yet; select with --point, --box or --mask")
        }
        if let feather, !(feather.isFinite && (0...200).contains(feather)) {
            throw ValidationError("--feather is out of range; use 0 to 200 pixels")
        }
        if islands < 0 { throw ValidationError("--islands is negative; use 0 or more pixels") }
    }

    var selection: Selection {
        var selection = Selection()
        selection.points = point
        selection.boxes = box
        selection.maskPath = mask
        selection.maskIndex = maskIndex
        selection.growth = grow
        selection.feather = feather ?? 0
        selection.fillHoles = fillHoles
        selection.smallestIsland = islands
        selection.subtractPath = subtract
        selection.isInverted = invert
        return selection
    }
}

/// Turns a failable parser into one whose failure says how the value is written.
func parsed<Value>(
    _ parse: @escaping @Sendable (String) -> Value?, _ advice: String
) -> @Sendable (String) throws -> Value {
    { text in
        guard let value = parse(text) else { throw ValidationError(advice) }
        return value
    }
}
