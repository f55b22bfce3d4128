// What a filled thing stands on.

public import ArgumentParser
public import Lathe

struct GroundOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What a filled thing stands on inside the hole: the photograph's own ground, continued by LaMa, with the thing cut "
                + "out by Segment Anything (kept), or the diffusion model's (drawn). Default: drawn, or kept for a model of "
                + "less than 256 pixels.",
            valueName: "kept|drawn"))
    var ground: FillGround?
}

extension FillGround: ExpressibleByArgument {}
