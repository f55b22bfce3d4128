// Everything that decides the outcome of a generation.

/// A picture to be made, as it was asked for.
public struct GenerateOptions: Codable, Sendable {
    public var prompt: String
    /// A picture to start from; how much of it is forgotten says `diffusion.strength`.
    public var start: String?
    public var width: Int?
    public var height: Int?
    public var models: ModelSet
    public var seed: UInt64 = 0
    public var candidates = 1
    /// How many times each version is made; kept is what the captioner finds likeliest to show the prompt.
    ///
    /// nil is once, or 8 times where the model works below 256 pixels and there is a captioner.
    public var attempts: Int?
    public var diffusion = DiffusionOptions()
    public var output: String

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
        for (name, side) in [("--width", width), ("--height", height)] {
            if let side, !(1...4096).contains(side) {
                throw LatheError.badInput("\(name) is \(side); use 1 to 4096 pixels")
            }
        }
        guard start == nil || (width == nil && height == nil) else {
            throw LatheError.badInput("--from gives the size already; leave out --width and --height")
        }
        try diffusion.validate()
    }
}
