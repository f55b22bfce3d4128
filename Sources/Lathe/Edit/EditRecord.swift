// `run.json` of an edit.

import Images

/// Inputs and results of an edit.
struct EditRecord: Codable {
    var tool = "lathe"
    var version = LatheVersion.current
    var command: String
    var options: EditOptions
    var input: RunRecord.Input
    var models: [RunRecord.Model]
    /// SHA-256 of masks, adapters and control pictures, by path.
    var files: [String: String]
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
        if options.method == .diffusion, options.ground == .kept {
            parts += [.segmenter, .inpainter].filter { !parts.contains($0) }
        }
        let isDescribed =
            result.prompts.contains { !$0.isEmpty } && options.objects.allSatisfy { $0.prompt == nil }
        if isDescribed || (options.method == .diffusion && options.asksCaptioner) {
            parts.append(.captioner)
        }
        models = try parts.map(options.models.record)
        let further = options.inputs.filter { $0 != options.picture }
        files = try Digest.sha256(
            ofFiles: further + (options.method == .diffusion ? options.diffusion.inputs : []))
        machine = .current
    }
}
