// Options of text-to-image and image-to-image generation.

/// Options of a generation.
public struct GenerateOptions: Codable, Sendable {
    /// What the pictures show.
    public var prompt: String
    /// Path of a start picture (image-to-image); `diffusion.strength` sets how much it changes.
    public var start: String?
    /// Width in pixels, 1 to 4096; nil for the model's native size.
    public var width: Int?
    /// Height in pixels, 1 to 4096; nil for the model's native size.
    public var height: Int?
    /// The models used.
    public var models: ModelSet
    /// Seed of all random numbers; the same seed gives the same bytes on the same machine.
    public var seed: UInt64 = 0
    /// Number of versions, 1 to 64.
    public var candidates = 1
    /// Attempts per version, 1 to 64, of which the captioner selects the one most likely to show the prompt.
    ///
    /// nil is one, or 8 for models below 256 pixels if there is a captioner.
    public var attempts: Int?
    /// Settings of the diffusion model.
    public var diffusion = DiffusionOptions()
    /// A picture's name, or a folder.
    public var output: String

    /// A generation with default settings; see the properties.
    public init(prompt: String, models: ModelSet, output: String) {
        (self.prompt, self.models, self.output) = (prompt, models, output)
    }

    func validate() throws {
        guard (1...64).contains(candidates) else {
            throw LatheError.badInput("\(candidates) versions are out of range; use 1 to 64")
        }
        if let attempts, !(1...64).contains(attempts) {
            throw LatheError.badInput("the best of \(attempts) is out of range; use 1 to 64")
        }
        for (name, side) in [(OptionName.width, width), (.height, height)] {
            if let side, !(1...4096).contains(side) {
                throw LatheError.badInput("\(name) is \(side); use 1 to 4096 pixels")
            }
        }
        guard start == nil || (width == nil && height == nil) else {
            throw LatheError.badInput("\(.start) gives the size already; leave out \(.width) and \(.height)")
        }
        try PromptText.check(prompt, .prompt)
        try diffusion.validate()
    }
}
