// The root command: names the tool and lists its subcommands.

import ArgumentParser
import Lathe

struct LatheCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lathe",
        abstract: "Lift one photograph into 3D.",
        discussion: """
            Example: lathe lift photo.jpg --point 320,240

            Exit codes: 0 done, 2 bad use or bad input, 3 a model is missing or unusable,
            4 a check of the result failed, 130 interrupted with the work kept.
            """,
        version: LatheVersion.current,
        subcommands: [
            LiftCommand.self, FitCommand.self, SegmentCommand.self, CaptionCommand.self,
            RemoveCommand.self, FillCommand.self, ReplaceCommand.self, OutpaintCommand.self,
            GenerateCommand.self,
            TurntableCommand.self,
            MeshCommand.self,
            EvaluateCommand.self, BenchCommand.self,
            ToyboxCommand.self, DatasetCommand.self, ModelsCommand.self, DoctorCommand.self,
        ])
}
