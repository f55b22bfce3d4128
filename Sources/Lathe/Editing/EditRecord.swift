// `run.json` of an edit.

import Images

/// What went into an edit and what came out.
struct EditRecord: Codable {
    var tool = "lathe"
    var version = LatheVersion.current
    var command: String
    var options: EditOptions
    var input: RunRecord.Input
    var models: [RunRecord.Model]
    var machine: RunRecord.Machine
    var result: EditResult

    init(_ options: EditOptions, _ result: EditResult, input: EditPicture) throws {
        command = options.task.rawValue
        self.options = options
        self.result = result
        self.input = RunRecord.Input(
            path: options.picture, sha256: try Digest.sha256(ofFile: options.picture),
            width: input.image.width,
            height: input.image.height)
        var parts: [ModelSet.Part] = [options.method == .lama ? .inpainter : .diffusion]
        if options.objects.contains(where: { $0.selection.maskPath == nil && !$0.selection.isEmpty }) {
            parts.append(.segmenter)
        }
        models = try parts.map(options.models.record)
        machine = .current
    }
}
