// Options of a 2D edit with all defaults filled in.

/// Options of a 2D edit.
public struct EditOptions: Codable, Sendable {
    /// What is done.
    public var task: EditTask
    /// Path of the picture.
    public var picture: String
    /// The objects, edited in order; empty for `outpaint`.
    public var objects: [EditObject]
    /// The models used.
    public var models: ModelSet
    /// The kind of model that fills holes.
    public var method: EditMethod
    /// Seed of all random numbers; the same seed gives the same bytes on the same machine.
    public var seed: UInt64 = 0
    /// A picture's name, or a folder for the result with masks, record and previews.
    public var output: String
    /// Dilation of the object to the hole; nil: in proportion to the object, by task.
    public var growth: Selection.Growth?
    /// Whether `remove` enlarges the hole at the object's base for its contact shadow.
    public var allowsForShadow = true
    /// Feather width: how far inside the hole the picture blends into the result, 0 to 500 pixels.
    ///
    /// nil derives it from the dilation.
    public var feather: Float?
    /// Whether LaMa refines its result coarse to fine.
    public var refines = false
    /// Whether LaMa's result receives texture from its surroundings.
    public var textures = true
    /// Whether results lack the picture's date, camera, place and resolution; nil is no.
    public var dropsMetadata: Bool?
    /// Whether `remove` selects again at the old place to detect remains.
    public var checks = false
    /// The margins of `outpaint`.
    public var margins = EditMargins()
    /// Settings of the diffusion model.
    public var diffusion = DiffusionOptions()
    /// Number of versions, with the seeds `seed`, `seed + 1` and so on; 1 to 64.
    public var candidates = 1
    /// Attempts per hole, 1 to 64, of which the captioner selects the one most likely to show the prompt.
    ///
    /// nil is one, or 8 for models below 256 pixels if there is a captioner.
    public var attempts: Int?
    /// Source of the ground round a filled object.
    ///
    /// nil is the model's, or the photograph's for models below 256 pixels if there are an inpainter and a
    /// segmenter.
    public var ground: FillGround?

    /// An edit with default settings; see the properties.
    public init(task: EditTask, picture: String, objects: [EditObject], models: ModelSet, output: String) {
        (self.task, self.picture, self.objects, self.models) = (task, picture, objects, models)
        method = task == .remove ? .lama : .diffusion
        self.output = output
    }

    /// Checks the options.
    /// - Throws: `LatheError` (`badInput`) for a value out of range or an invalid combination.
    func validate() throws {
        guard (1...64).contains(candidates) else {
            throw LatheError.badInput("\(candidates) candidates are out of range; use 1 to 64")
        }
        if let attempts, !(1...64).contains(attempts) {
            throw LatheError.badInput("the best of \(attempts) is out of range; use 1 to 64")
        }
        if let feather, !(feather.isFinite && (0...500).contains(feather)) {
            throw LatheError.badInput("a feather of \(feather) is out of range; use 0 to 500 pixels")
        }
        guard candidates == 1 || method == .diffusion else {
            throw LatheError.badInput(
                "LaMa makes one version only, the same for every seed; use \(.method) diffusion for candidates"
            )
        }
        guard method == .diffusion || diffusion.controls.isEmpty else {
            throw LatheError.badInput("\(.controls) steers a diffusion model; add \(.method) diffusion")
        }
        if task == .outpaint {
            let all = [margins.left, margins.top, margins.right, margins.bottom]
            guard all.allSatisfy({ (0...16_384).contains($0) }) else {
                throw LatheError.badInput("a margin is out of range; use 0 to 16384 pixels")
            }
            guard !margins.isEmpty else {
                throw LatheError.badInput(
                    "there is nothing to add: give \(.left), \(.top), \(.right) or \(.bottom), or an \(.aspect) other than the "
                        + "picture's own")
            }
        } else if objects.isEmpty {
            throw LatheError.badInput(
                "nothing is selected: add \(.points) x,y on the object, or \(.boxes) or \(.maskPath)")
        }
        if task == .fill, let missing = objects.first(where: { $0.prompt == nil }) {
            let place = missing.selection.points.first.map { " at \($0.label)" } ?? ""
            throw LatheError.badInput(
                "the object\(place) has no prompt: say with \(.prompt) what should be there")
        }
        for prompt in objects.compactMap(\.prompt) { try PromptText.check(prompt, .prompt) }
        if task == .replace, Set(objects.compactMap(\.prompt)).count > 1 {
            throw LatheError.badInput(
                "what surrounds the objects is one thing: give one prompt for all of them, with \(.prompt)")
        }
        try diffusion.validate()
    }

    /// Whether a settled edit uses the captioner.
    var asksCaptioner: Bool { attempts ?? 1 > 1 || (ground == .kept && models.has(.captioner)) }

    /// All files that are read, apart from models.
    var inputs: [String] {
        [picture] + objects.flatMap { [$0.selection.maskPath, $0.selection.subtractPath].compactMap(\.self) }
    }
}
