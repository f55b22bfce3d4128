// Everything that decides the outcome of a 2D edit.

/// An edit as it was asked for, with every default filled in.
public struct EditOptions: Codable, Sendable {
    public var task: EditTask
    /// The picture file.
    public var picture: String
    /// What is edited, one after the other; empty for `outpaint`.
    public var objects: [EditObject]
    public var models: ModelSet
    public var method: EditMethod
    public var seed: UInt64 = 0
    /// A picture file, or a folder for the result and everything on the way to it.
    public var output: String
    /// How far the hole reaches beyond the object; nil: in proportion to the object, as the task needs it.
    public var growth: Selection.Growth?
    /// Whether the hole reaches farther at the object's foot, where its shadow lies; only for `remove`.
    public var allowsForShadow = true
    /// Width of the passage from picture to model inside the hole, in pixels; nil: as the growth of the hole allows.
    public var feather: Float?
    /// LaMa's multi-scale refinement.
    public var refines = false
    /// Whether a fill of LaMa that is softer than what surrounds it is given the texture of that.
    public var textures = true
    /// After `remove`, selects again at the old place and says whether something is still there.
    public var checks = false
    public var margins = EditMargins()
    public var diffusion = DiffusionOptions()
    /// How many versions are made, with the seeds `seed`, `seed + 1` and so on.
    public var candidates = 1
    /// How many times each hole is filled; kept is what the captioner finds likeliest to show the prompt.
    ///
    /// nil is once, or 8 times where the model works below 256 pixels and there is a captioner.
    public var attempts: Int?
    /// What a filled thing stands on; nil is the model's own drawing, or the photograph's ground where the model works below 256
    /// pixels and there are an inpainter and a segmenter.
    public var ground: FillGround?

    public init(task: EditTask, picture: String, objects: [EditObject], models: ModelSet, output: String) {
        (self.task, self.picture, self.objects, self.models) = (task, picture, objects, models)
        method = task == .remove ? .lama : .diffusion
        self.output = output
    }

    /// - Throws: `LatheError` (`badInput`) for a value out of range or a combination that means nothing.
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
                "LaMa makes one version only, the same for every seed; use --with diffusion for candidates")
        }
        guard method == .diffusion || diffusion.controls.isEmpty else {
            throw LatheError.badInput("--control steers a diffusion model; add --with diffusion")
        }
        if task == .outpaint {
            let all = [margins.left, margins.top, margins.right, margins.bottom]
            guard all.allSatisfy({ (0...16_384).contains($0) }) else {
                throw LatheError.badInput("a margin is out of range; use 0 to 16384 pixels")
            }
            guard !margins.isEmpty else {
                throw LatheError.badInput(
                    "there is nothing to add: give --left, --top, --right or --bottom, or an --aspect other than the "
                        + "picture's own")
            }
        } else if objects.isEmpty {
            throw LatheError.badInput(
                "nothing is selected: add --point x,y on the object, or --box or --mask")
        }
        if task == .fill, let missing = objects.first(where: { $0.prompt == nil }) {
            let place = missing.selection.points.first.map { " at \($0.label)" } ?? ""
            throw LatheError.badInput(
                "the object\(place) has no prompt: say with --prompt what should be there")
        }
        if task == .replace, Set(objects.compactMap(\.prompt)).count > 1 {
            throw LatheError.badInput(
                "what surrounds the objects is one thing: give one prompt for all of them, with --prompt")
        }
        try diffusion.validate()
    }

    /// Whether the captioner has a say in what a settled edit shows.
    var asksCaptioner: Bool { attempts ?? 1 > 1 || (ground == .kept && models.has(.captioner)) }

    /// Every file that is read, apart from models.
    var inputs: [String] {
        [picture] + objects.flatMap { [$0.selection.maskPath, $0.selection.subtractPath].compactMap(\.self) }
    }
}
